"""What the worker's tasks have in common: the joints that it owns, its vectors, its rate, its servos."""

from typing import Final

from envs.humanoid.scene import CONTROL_RATE
from envs.humanoid.sensing import OBSERVATION
from envs.robots.g1.constants import LEG_JOINTS, WAIST_JOINTS, kind_of
from robolearn.policies.worker.action import worker_action
from robolearn.specification import TaskSpec

OWNED: Final = {"legs_and_waist": LEG_JOINTS + WAIST_JOINTS, "legs": LEG_JOINTS}
"""Joints that the worker may own; somebody else moves the rest."""

PHASES: Final = ("standing", "fallen")

_NAMES: Final = {"legs_and_waist": "g1_worker", "legs": "g1_worker_legs"}


def worker_spec(owned: str, max_episode_steps: int) -> TaskSpec:
    """Of a worker that owns these joints; what was trained in one of its tasks acts in all."""
    joints = OWNED[owned]
    gains = {joint: kind_of(joint).gains for joint in joints}
    return TaskSpec(
        name=_NAMES[owned],
        observation=OBSERVATION,
        action=worker_action(joints),
        control_rate_hz=CONTROL_RATE,
        max_episode_steps=max_episode_steps,
        phases=PHASES,
        gains={joint: (gain.stiffness, gain.damping) for joint, gain in gains.items()},
    )
