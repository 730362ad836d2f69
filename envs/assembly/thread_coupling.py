"""Decides, world by world, when a thread catches and when it lets go.

The physics of an engaged thread is the nut of `thread_model.py`; this module looks at the poses
between chunks of physics and switches it.
"""

import math
from collections.abc import Sequence

import mujoco
import torch
from torch import Tensor

from envs.assembly.furniture.part import Vector
from envs.assembly.part_models import BOSS_COLLISION_BIT
from envs.assembly.thread_geometry import ThreadGeometry
from envs.assembly.thread_model import COLLAR_SUFFIX, CORE_SUFFIX, HINGE, SHANK_SUFFIX, SLIDE, weld_name
from envs.simulation import Simulation
from robolearn.rotations import conjugate, multiply, rotate

_NEAR = 0.15
"""Distance of the two bodies [m] beyond which no thread can be near its hole."""


class ThreadCoupling:
    """The thread of the body `male` in the holes of the body `female`, in every world.

    seats: the male body's assembled positions in the female body's frame [m], one a hole
    """

    def __init__(
        self,
        simulation: Simulation,
        male: str,
        female: str,
        seats: Sequence[Vector],
        thread: ThreadGeometry,
    ) -> None:
        model = simulation.model
        self._thread = thread
        self._seats = torch.tensor(seats, dtype=torch.float64)
        self._qpos = simulation.view("qpos")
        self._qvel = simulation.view("qvel")
        self._male = int(model.joint(male).qposadr[0])
        self._female = int(model.joint(female).qposadr[0])
        self._slide = int(model.joint(SLIDE).qposadr[0])
        self._hinge = int(model.joint(HINGE).qposadr[0])
        self._nut_velocity = [int(model.joint(name).dofadr[0]) for name in (SLIDE, HINGE)]
        self._welds = [model.equality(weld_name(hole)).id for hole in range(len(seats))]
        self._active = simulation.view("eq_active")
        self._bind_collisions(simulation, model, male)

    def _bind_collisions(self, simulation: Simulation, model: mujoco.MjModel, male: str) -> None:
        geoms = [model.geom(male + suffix).id for suffix in (COLLAR_SUFFIX, CORE_SUFFIX, SHANK_SUFFIX)]
        self._geoms = torch.tensor(geoms)
        self._masks = [simulation.expand("geom_contype"), simulation.expand("geom_conaffinity")]
        self._free_masks = [mask[0, self._geoms].clone() for mask in self._masks]
        # In its hole a leg is guided by the nut alone; its shank still meets hands and other parts.
        self._coupled_masks = [
            torch.stack((mask[0] * 0, mask[1] * 0, mask[2] & ~BOSS_COLLISION_BIT))
            for mask in self._free_masks
        ]

    @property
    def engaged(self) -> Tensor:
        """(num_worlds,) bool, the thread is in one of the holes."""
        return self._active[:, self._welds].any(-1)

    def release(self, worlds: Tensor) -> None:
        """Take the thread out of its hole in the named worlds, (K,) int64."""
        self._active[worlds[:, None], torch.tensor(self._welds)] = 0.0
        for mask, free in zip(self._masks, self._free_masks, strict=True):
            mask[worlds[:, None], self._geoms] = free

    def update(self, worlds: Tensor) -> None:
        """Engage and release by the poses that the named worlds, (K,) int64, have now."""
        distance = (
            self._qpos[worlds, self._male : self._male + 3]
            - self._qpos[worlds, self._female : self._female + 3]
        )
        near = worlds[(distance * distance).sum(-1) < _NEAR**2]
        if not len(near):
            return
        position, rotation = self._male_in_female(near)
        offset = position[:, None] - self._seats
        radial = offset[..., 0].square() + offset[..., 2].square()
        nearest = radial.argmin(-1)
        rows = torch.arange(len(near))
        height = offset[rows, nearest, 1]
        engaged = self.engaged[near]
        loose = engaged & (height > self._thread.release_height)
        if loose.any():
            self.release(near[loose])
        coaxial = radial[rows, nearest] < self._thread.engage_radius**2
        candidates = ~engaged & coaxial & self._reaches_thread(height) & self._is_upright(rotation)
        if candidates.any():
            self._engage(near[candidates], nearest[candidates], height[candidates], rotation[candidates])

    def _male_in_female(self, worlds: Tensor) -> tuple[Tensor, Tensor]:
        male = self._qpos[worlds, self._male : self._male + 7]
        female = self._qpos[worlds, self._female : self._female + 7]
        inverse = conjugate(female[:, 3:])
        return rotate(inverse, male[:, :3] - female[:, :3]), multiply(inverse, male[:, 3:])

    def _reaches_thread(self, height: Tensor) -> Tensor:
        settled = 0.1e-3  # contacts are soft: a standing thread sinks or floats by less than this
        below = height < self._thread.start_height + settled
        return below & (height > -self._thread.backlash)

    def _is_upright(self, rotation: Tensor) -> Tensor:
        _, x, _, z = rotation.unbind(-1)
        axis_cosine = 1 - 2 * (x * x + z * z)
        return axis_cosine > math.cos(self._thread.engage_tilt)

    def _engage(self, worlds: Tensor, hole: Tensor, height: Tensor, rotation: Tensor) -> None:
        """Close the coupling where the present turn lies between the flanks of some turn of the helix."""
        thread = self._thread
        yaw = 2 * torch.atan2(rotation[:, 2], rotation[:, 0])
        turns = torch.ceil((height - thread.advance_per_radian * yaw) / thread.pitch)
        total_yaw = yaw + 2 * math.pi * turns
        play = thread.advance_per_radian * total_yaw - height
        catches = play <= thread.backlash
        worlds, hole = worlds[catches], hole[catches]
        self._qpos[worlds, self._slide] = -height[catches]
        self._qpos[worlds, self._hinge] = -total_yaw[catches]
        for dof in self._nut_velocity:
            self._qvel[worlds, dof] = 0.0
        self._active[worlds, torch.tensor(self._welds)[hole]] = 1.0
        for mask, coupled in zip(self._masks, self._coupled_masks, strict=True):
            mask[worlds[:, None], self._geoms] = coupled
