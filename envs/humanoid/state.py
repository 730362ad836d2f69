"""What rewards, observations and figures need to know of the robot, read once a control step."""

from dataclasses import dataclass, fields
from typing import Final, Self

import mujoco
import torch
from torch import Tensor

from envs.humanoid.joint_places import JointPlaces
from envs.physics import Physics
from envs.robots.g1.collision import foot_geoms
from envs.robots.g1.constants import FOOT_BACK, FOOT_FRONT, PELVIS, SIDES
from robolearn.rotations import conjugate, rotate

CONTACT_HEIGHT: Final = 0.002
"""A foot whose lowest contact sphere is no higher above the floor [m] carries load: contacts give less."""

SOLE_MIDDLE: Final = (FOOT_FRONT + FOOT_BACK) / 2
"""Of the contact spheres, along x of the ankles [m]."""


@dataclass
class HumanoidState:
    """N worlds; J joints in the order of `constants.JOINTS`; feet and knees left, then right.

    pelvis_height: (N,) above the floor [m]
    gravity_in_pelvis: (N, 3) unit vector that points down
    angular_velocity_in_pelvis: (N, 3) [rad/s], what the pelvis's gyroscope measures
    velocity_in_heading: (N, 3) of the pelvis, x where it faces, z up [m/s]
    yaw: (N,) heading [rad]
    yaw_rate: (N,) about the vertical [rad/s]
    joint_position, joint_velocity, torque: (N, J) [rad, rad/s, N m]
    foot_position: (N, 2, 3) of the ankles in the world [m]
    foot_in_heading: (N, 2, 3) the same from the pelvis, along its heading [m]
    foot_velocity: (N, 2, 3) mean over the control step, in the world [m/s]
    foot_height: (N, 2) of the lowest contact sphere above the floor [m]
    foot_tilt: (N, 2) highest less lowest contact sphere [m]
    foot_yaw: (N, 2) against the heading [rad]
    foot_contact: (N, 2) bool
    com_over_feet: (N, 2) centre of mass from the middle of the soles, along the heading [m]
    """

    pelvis_height: Tensor
    gravity_in_pelvis: Tensor
    angular_velocity_in_pelvis: Tensor
    velocity_in_heading: Tensor
    yaw: Tensor
    yaw_rate: Tensor
    joint_position: Tensor
    joint_velocity: Tensor
    torque: Tensor
    foot_position: Tensor
    foot_in_heading: Tensor
    foot_velocity: Tensor
    foot_height: Tensor
    foot_tilt: Tensor
    foot_yaw: Tensor
    foot_contact: Tensor
    com_over_feet: Tensor

    def put(self, worlds: Tensor, other: Self) -> None:
        """Overwrite the named worlds, (K,) int64, with the K of `other`."""
        for field in fields(self):
            getattr(self, field.name)[worlds] = getattr(other, field.name)

    def copy(self) -> Self:
        """With tensors of its own."""
        return type(self)(**{field.name: getattr(self, field.name).clone() for field in fields(self)})


class StateReader:
    """Reads `HumanoidState` from the worlds of a simulation of the G1 on a floor."""

    def __init__(self, simulation: Physics) -> None:
        model, device = simulation.model, simulation.device
        self._qpos, self._qvel = simulation.view("qpos"), simulation.view("qvel")
        self._torque = simulation.view("actuator_force")
        self._geoms, self._bodies = simulation.view("geom_xpos"), simulation.view("xpos")
        self._turns, self._coms = simulation.view("xquat"), simulation.view("subtree_com")
        self._period = simulation.control_period
        self._places = JointPlaces.of(model, device)
        feet = [int(model.body(f"{side}_ankle_roll_link").id) for side in SIDES]
        self._feet = torch.tensor(feet, device=device)
        names = [name for side in SIDES for name in foot_geoms(side)]
        self._spheres = torch.tensor([int(model.geom(name).id) for name in names], device=device)
        self._radius = float(model.geom(names[0]).size[0])
        self._pelvis = int(model.body(PELVIS).id)
        assert model.body(PELVIS).jntadr[0] == 0 and model.jnt_type[0] == mujoco.mjtJoint.mjJNT_FREE

    def feet(self, worlds: Tensor | slice = slice(None)) -> Tensor:
        """Positions of the ankles of K worlds in the world, (K, 2, 3) float32 [m]."""
        return self._bodies[worlds][:, self._feet].float()

    def read(self, feet_before: Tensor, worlds: Tensor | slice = slice(None)) -> HumanoidState:
        """The state of K worlds now. feet_before: their `feet` a control step ago."""
        # Copied, since engines in float32 would give their live arrays.
        qpos, qvel = (view[worlds].to(torch.float32, copy=True) for view in (self._qpos, self._qvel))
        quaternion = qpos[:, 3:7]
        down = quaternion.new_tensor((0.0, 0.0, -1.0)).expand(len(quaternion), 3)
        gravity = rotate(conjugate(quaternion), down)
        angular = qvel[:, 3:6]
        w, x, y, z = quaternion.unbind(1)
        yaw = torch.atan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z))
        feet = self.feet(worlds)
        spheres = self._geoms[worlds][:, self._spheres, 2].float().unflatten(1, (2, len(self._spheres) // 2))
        lowest = spheres.amin(2) - self._radius
        toes = rotate(
            self._turns[worlds][:, self._feet].float(),
            feet.new_tensor((1.0, 0.0, 0.0)).expand(len(feet), 2, 3),
        )
        com = self._coms[worlds][:, self._pelvis].float()
        com_from_ankles = turned_about_z(com - feet.mean(1), -yaw)[:, :2]
        toes_in_heading = turned_about_z(toes, -yaw[:, None])
        return HumanoidState(
            pelvis_height=qpos[:, 2],
            gravity_in_pelvis=gravity,
            angular_velocity_in_pelvis=angular,
            velocity_in_heading=turned_about_z(qvel[:, :3], -yaw),
            yaw=yaw,
            yaw_rate=-(gravity * angular).sum(1),
            joint_position=qpos[:, self._places.positions],
            joint_velocity=qvel[:, self._places.velocities],
            torque=self._torque[worlds][:, self._places.motors].float(),
            foot_position=feet,
            foot_in_heading=turned_about_z(feet - qpos[:, None, :3], -yaw[:, None]),
            foot_velocity=(feet - feet_before) / self._period,
            foot_height=lowest,
            foot_tilt=spheres.amax(2) - spheres.amin(2),
            foot_yaw=torch.atan2(toes_in_heading[..., 1], toes_in_heading[..., 0]),
            foot_contact=lowest < CONTACT_HEIGHT,
            com_over_feet=com_from_ankles - com_from_ankles.new_tensor((SOLE_MIDDLE, 0.0)),
        )


def turned_about_z(vector: Tensor, angle: Tensor) -> Tensor:
    """Vectors (..., 3) turned about z by angles (...) [rad]."""
    cosine, sine = angle.cos(), angle.sin()
    x, y, z = vector.unbind(-1)
    return torch.stack((cosine * x - sine * y, sine * x + cosine * y, z.expand_as(x)), -1)
