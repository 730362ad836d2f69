"""Chains of hinges as a compiled model has them, for `robolearn.kinematics`."""

from collections.abc import Sequence

import mujoco
import torch
from torch import Tensor

from robolearn.kinematics.serial_chain import SerialChain
from robolearn.rotations import matrix_from_quaternion

Pose = tuple[Sequence[float], Sequence[float]]
"""Position [m] and quaternion, w first."""

HERE: Pose = ((0.0, 0.0, 0.0), (1.0, 0.0, 0.0, 0.0))


def serial_chain(model: mujoco.MjModel, base: str, end: str, tip: Pose = HERE) -> SerialChain:
    """The links after body `base` up to body `end`. tip: pose in `end`."""
    links = _links(model, base, end)
    hinges = [int(model.body_jntadr[link]) for link in links]
    assert all(model.body_jntnum[link] == 1 for link in links) and not model.jnt_pos[hinges].any()
    position, quaternion = tip

    def tensor(values: object) -> Tensor:
        return torch.as_tensor(values).float()

    return SerialChain(
        joints=tuple(model.joint(hinge).name for hinge in hinges),
        places=tensor(model.body_pos[links]),
        turns=matrix_from_quaternion(tensor(model.body_quat[links])),
        axes=tensor(model.jnt_axis[hinges]),
        lower=tensor(model.jnt_range[hinges, 0]),
        upper=tensor(model.jnt_range[hinges, 1]),
        mass=tensor(model.body_mass[links]),
        com=tensor(model.body_ipos[links]),
        tip=tensor(position),
        tip_turn=matrix_from_quaternion(tensor(quaternion)),
    )


def _links(model: mujoco.MjModel, base: str, end: str) -> list[int]:
    """Bodies after `base` up to `end`."""
    links, start = [int(model.body(end).id)], int(model.body(base).id)
    while (parent := int(model.body_parentid[links[0]])) != start:
        assert parent != 0, f"'{end}' does not hang on '{base}'"
        links.insert(0, parent)
    return links
