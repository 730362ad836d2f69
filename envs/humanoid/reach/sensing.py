"""What the manager sees: what the worker sees, and the hands' references ahead, from where the robot is."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import torch
from torch import Tensor

from envs.humanoid.reach.references import LOOK_AHEAD, Hands
from envs.humanoid.sensing import OBSERVATION as WORKER_OBSERVATION
from envs.humanoid.state import turned_about_z
from envs.robots.g1.constants import SIDES
from robolearn.policies.worker.command import COMMAND
from robolearn.rotations import matrix_from_quaternion, multiply
from robolearn.specification import VectorSpec

_ROWS: Final = ("xx", "xy", "xz", "yx", "yy", "yz")
"""Of a rotation matrix, its first two rows (6-D representation, Zhou et al., CVPR 2019)."""


def _reference_names() -> list[tuple[str, str]]:
    found = []
    for steps in LOOK_AHEAD:
        for side in SIDES:
            name = f"{side}_hand_reference_{steps}_in_heading"
            found += [(f"{name}.{axis}", "m") for axis in "xyz"]
            found += [(f"{name}.{entry}", "1") for entry in _ROWS]
    return found


_PARTS: Final = (
    *zip(WORKER_OBSERVATION.names, WORKER_OBSERVATION.units, strict=True),
    *_reference_names(),
    *((f"{side}_hand_error_in_heading.{axis}", "m") for side in SIDES for axis in "xyz"),
)

OBSERVATION: Final = VectorSpec(tuple(name for name, _ in _PARTS), tuple(unit for _, unit in _PARTS))
"""167 entries: the worker's 71 with the manager's last command; at each of five times ahead and for each
hand its place (x, y from the pelvis along its heading, z above the floor) and two rows of its rotation in the
heading frame; what is missing from each hand to its reference now."""

COMMAND_SPEC: Final = VectorSpec(tuple(f"command.{name}" for name in COMMAND), ("m/s", "m/s", "rad/s", "m"))


class Stand(NamedTuple):
    """Where pelvises are in the start frame: (N, 2) [m] and headings (N,) [rad]."""

    place: Tensor
    yaw: Tensor


def in_heading(hands: Hands, stand: Stand) -> Tensor:
    """Hands (N, 2, 3) and (N, 2, 4) of the start frame seen from the pelvis, (N, 2, 9)."""
    shift = torch.cat((stand.place, torch.zeros(len(stand.place), 1)), 1)
    position = turned_about_z(hands.position - shift[:, None], -stand.yaw[:, None])
    half = -stand.yaw / 2
    back = torch.stack((half.cos(), torch.zeros_like(half), torch.zeros_like(half), half.sin()), 1)
    rotation = matrix_from_quaternion(multiply(back[:, None], hands.quaternion))
    return torch.cat((position, rotation[..., :2, :].flatten(-2)), -1)


def reach_observation(worker: Tensor, ahead: Sequence[Hands], measured: Tensor, stand: Stand) -> Tensor:
    """(N, 167) of worker's observations (N, 71), references at `LOOK_AHEAD`, and hands (N, 2, 3) [m]."""
    times, worlds = len(ahead), len(worker)
    positions, quaternions = (torch.cat(parts) for parts in zip(*ahead, strict=True))
    stands = Stand(stand.place.repeat(times, 1), stand.yaw.repeat(times))
    seen = in_heading(Hands(positions, quaternions), stands).view(times, worlds, -1)
    error = turned_about_z(ahead[0].position - measured, -stand.yaw[:, None])
    return torch.cat((worker, seen.transpose(0, 1).flatten(1), error.flatten(1)), 1)
