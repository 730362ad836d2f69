"""What is exchanged with Fast DDS: all topics of a G1 and of a Panda that `docs/deploy.md` names."""

from typing import Final

from robolearn.bridge import topics
from robolearn.bridge.arm import topics as arm
from robolearn.bridge.topics import Topic

TOPICS: Final[tuple[Topic, ...]] = (
    topics.LOW_COMMANDS,
    topics.LOW_STATES,
    topics.MOTION_REQUESTS,
    topics.MOTION_RESPONSES,
    topics.JOINT_STATES,
    topics.IMU,
    topics.FRAMES,
    topics.STATUS,
    topics.VELOCITY_COMMANDS,
    topics.JOINT_TARGETS,
    topics.MODE,
    topics.EMERGENCY_STOP,
    topics.HEARTBEAT,
    topics.HAND_TARGETS,
    arm.PART_POSES,
    arm.POSE_TARGETS,
    arm.ARM_TARGETS,
    arm.FINGER_TARGETS,
    arm.EPISODE_REQUESTS,
    arm.EPISODES,
)
