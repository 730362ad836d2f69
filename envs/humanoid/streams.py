"""What the random numbers of an episode are for, so that no two uses share any."""

from enum import IntEnum, auto


class Stream(IntEnum):
    """Streams of `robolearn.counter_random`."""

    START = auto()
    COMMAND = auto()
    ARM_SIZE = auto()
    ARM_SIDE = auto()
    PARAMETERS = auto()
    SENSOR_NOISE = auto()
    JOINT_TORQUE = auto()
    PUSH = auto()
    PUNCH = auto()
    DIFFICULTY = auto()
    TOUR = auto()
    TOUR_PUNCH = auto()
    TOUR_ARMS = auto()
    WALK = auto()
    WALK_KNOTS = auto()
