"""Which commands a robot obeys: those that are whole, meant for it, and within what its joints bear."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np

from robolearn.bridge.errors import BridgeError
from robolearn.bridge.images import LOW_COMMAND, Image, checksum, from_wire
from robolearn.bridge.safety.joints import JointCommand, Mask
from robolearn.bridge.safety.limits import JointLimits

SERIES_MODE: Final = 0
"""`mode_pr` of commands to ankles and waist in pitch and roll, the only one that is simulated."""

_ROUNDING: Final = 1e-6
"""That a limit may be exceeded by, of itself: commands are rounded to float32 on the wire."""

_ROWS: Final = ("q", "dq", "tau", "kp", "kd")


class Refusal(Enum):
    """Why a command was dropped; the first that applies. CONTROLLER: the robot's own has the motors."""

    CONTROLLER = "controller"
    SIZE = "size"
    CRC = "crc"
    MODE_PR = "mode_pr"
    MODE_MACHINE = "mode_machine"
    MOTOR_MODE = "motor_mode"
    NOT_FINITE = "not_finite"
    POSITION = "position"
    VELOCITY = "velocity"
    TORQUE = "torque"
    STIFFNESS = "stiffness"
    DAMPING = "damping"


_BY_ROW: Final = (
    Refusal.POSITION,
    Refusal.VELOCITY,
    Refusal.TORQUE,
    Refusal.STIFFNESS,
    Refusal.DAMPING,
)


@dataclass(frozen=True)
class Order:
    """A command that is obeyed.

    command: to J joints
    enabled: (J,) motors that are switched on
    """

    command: JointCommand
    enabled: Mask


class CommandCheck:
    """Reads commands to one robot.

    limits: of its joints, in the order of the motors
    mode_machine: the robot's
    """

    def __init__(self, limits: JointLimits, mode_machine: int) -> None:
        self._size = limits.size
        self._mode_machine = mode_machine
        self._least = limits.least - _ROUNDING * np.abs(limits.least)
        self._greatest = limits.greatest + _ROUNDING * np.abs(limits.greatest)

    def read(self, payload: bytes) -> Order | Refusal:
        """The order that a message of /lowcmd is, or why it is none."""
        try:
            image = from_wire(payload, LOW_COMMAND)
        except BridgeError:
            return Refusal.SIZE
        refusal = self._header_refusal(image)
        if refusal is not None:
            return refusal
        motors = image["motor_cmd"][: self._size]
        if (motors["mode"] > 1).any():
            return Refusal.MOTOR_MODE
        table = np.stack([motors[row] for row in _ROWS]).astype(np.float64)
        if not np.isfinite(table).all():
            return Refusal.NOT_FINITE
        outside = ((table < self._least) | (table > self._greatest)).any(axis=1)
        if outside.any():
            return _BY_ROW[int(outside.argmax())]
        return Order(JointCommand(table), motors["mode"] == 1)

    def _header_refusal(self, image: Image) -> Refusal | None:
        if checksum(image) != int(image["crc"]):
            return Refusal.CRC
        if int(image["mode_pr"]) != SERIES_MODE:
            return Refusal.MODE_PR
        return None if int(image["mode_machine"]) == self._mode_machine else Refusal.MODE_MACHINE
