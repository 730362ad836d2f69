"""What deployment must know of the G1."""

from typing import Final

import numpy as np
import torch

from envs.humanoid.settings import CommandRanges
from envs.humanoid.specification import OWNED, worker_spec
from envs.robots.g1.constants import JOINTS, kind_of
from envs.robots.g1.crouch import crouch_targets
from envs.robots.g1.limits import g1_limits
from robolearn.bridge.deploy.profile import RobotProfile
from robolearn.policies.worker.command import LOWEST_WALK
from robolearn.policies.worker.drive import VelocityLimits

PERIOD: Final = 0.002
"""Between two commands [s]: 500 a second, as many as the robot's messages."""


def g1_profile() -> RobotProfile:
    """The G1, standing as high as its worker is ever commanded."""
    ranges = CommandRanges()
    gains = [kind_of(joint).gains for joint in JOINTS]
    specs = [worker_spec(owned, 1) for owned in OWNED]
    return RobotProfile(
        name="g1",
        limits=g1_limits(PERIOD),
        period=PERIOD,
        kp=np.array([gain.stiffness for gain in gains]),
        kd=np.array([gain.damping for gain in gains]),
        standing=crouch_targets(torch.tensor([ranges.highest]))[0].double().numpy(),
        height=ranges.highest,
        lowest=ranges.lowest,
        highest=ranges.highest,
        lowest_walk=LOWEST_WALK,
        velocity=VelocityLimits(ranges.backward, ranges.forward, ranges.sideways, ranges.yaw_rate),
        tasks={spec.name: spec for spec in specs},
    )
