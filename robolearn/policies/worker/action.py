"""What a worker does: targets of the joints that it owns, and whether it wants to step."""

from collections.abc import Sequence
from typing import Final

from robolearn.specification import VectorSpec

STEP_REQUEST: Final = "step.request"
"""From 1 on and below -1, a robot that is told to stand steps: what it knows of its balance is more than the
shaper of its commands could. The sign tells which foot is first: the left one where it is positive."""

_TARGET: Final = ".target"


def worker_action(joints: Sequence[str]) -> VectorSpec:
    """The action of a worker that owns these joints: their targets [rad], then the request."""
    names = (*(f"{joint}{_TARGET}" for joint in joints), STEP_REQUEST)
    return VectorSpec(names, (*("rad",) * len(joints), "1"))


def owned_joints(action: VectorSpec) -> list[str]:
    """Joints whose targets an action holds, in its order."""
    return [name.removesuffix(_TARGET) for name in action.names if name.endswith(_TARGET)]
