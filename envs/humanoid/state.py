"""What rewards, observations and figures need to know of the robot, read once a control step."""

from dataclasses import dataclass, fields
from typing import Final, Self

import mujoco
import torch
from torch import Tensor

from envs.robots.g1.collision import foot_geoms
from envs.robots.g1.constants import JOINTS, PELVIS, SIDES
from envs.simulation import Simulation
from robolearn.rotations import conjugate, rotate

CONTACT_HEIGHT: Final = 0.002
"""A foot whose lowest contact sphere is no higher above the floor [m] carries load: contacts are soft by less."""


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

    def merged(self, worlds: Tensor, other: Self) -> Self:
        """`other` in the worlds of the mask (N,) bool, this elsewhere."""
        values = {}
        for field in fields(self):
            old, new = getattr(self, field.name), getattr(other, field.name)
            values[field.name] = torch.where(worlds.view(-1, *[1] * (new.ndim - 1)), new, old)
        return type(self)(**values)


class StateReader:
    """Reads `HumanoidState` from the worlds of a simulation of the G1 on a floor."""

    def __init__(self, simulation: Simulation) -> None:
        model = simulation.model
        self._qpos, self._qvel = simulation.view("qpos"), simulation.view("qvel")
        self._torque = simulation.view("actuator_force")
        self._geoms, self._bodies = simulation.view("geom_xpos"), simulation.view("xpos")
        self._turns = simulation.view("xquat")
        self._period = simulation.control_period
        self._joints = torch.tensor([int(model.joint(name).qposadr[0]) for name in JOINTS])
        self._dofs = torch.tensor([int(model.joint(name).dofadr[0]) for name in JOINTS])
        self._motors = torch.tensor([int(model.actuator(name).id) for name in JOINTS])
        self._feet = torch.tensor([int(model.body(f"{side}_ankle_roll_link").id) for side in SIDES])
        names = [name for side in SIDES for name in foot_geoms(side)]
        self._spheres = torch.tensor([int(model.geom(name).id) for name in names])
        self._radius = float(model.geom(names[0]).size[0])
        assert model.body(PELVIS).jntadr[0] == 0 and model.jnt_type[0] == mujoco.mjtJoint.mjJNT_FREE

    def feet(self) -> Tensor:
        """Positions of the ankles in the world, (N, 2, 3) float32 [m]."""
        return self._bodies[:, self._feet].float()

    def read(self, feet_before: Tensor) -> HumanoidState:
        """The state now. feet_before: `feet` a control step ago."""
        quaternion = self._qpos[:, 3:7].float()
        to_pelvis = conjugate(quaternion)
        down = quaternion.new_tensor((0.0, 0.0, -1.0)).expand(len(quaternion), 3)
        gravity = rotate(to_pelvis, down)
        angular = self._qvel[:, 3:6].float()
        w, x, y, z = quaternion.unbind(1)
        yaw = torch.atan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z))
        position = self._qpos[:, :3].float()
        feet = self.feet()
        spheres = self._geoms[:, self._spheres, 2].float().view(len(feet), 2, -1)
        lowest = spheres.amin(2) - self._radius
        toes = rotate(
            self._turns[:, self._feet].float(), feet.new_tensor((1.0, 0.0, 0.0)).expand(len(feet), 2, 3)
        )
        toes_in_heading = turned_about_z(toes, -yaw[:, None])
        return HumanoidState(
            pelvis_height=position[:, 2],
            gravity_in_pelvis=gravity,
            angular_velocity_in_pelvis=angular,
            velocity_in_heading=turned_about_z(self._qvel[:, :3].float(), -yaw),
            yaw=yaw,
            yaw_rate=-(gravity * angular).sum(1),
            joint_position=self._qpos[:, self._joints].float(),
            joint_velocity=self._qvel[:, self._dofs].float(),
            torque=self._torque[:, self._motors].float(),
            foot_position=feet,
            foot_in_heading=turned_about_z(feet - position[:, None], -yaw[:, None]),
            foot_velocity=(feet - feet_before) / self._period,
            foot_height=lowest,
            foot_tilt=spheres.amax(2) - spheres.amin(2),
            foot_yaw=torch.atan2(toes_in_heading[..., 1], toes_in_heading[..., 0]),
            foot_contact=lowest < CONTACT_HEIGHT,
        )


def turned_about_z(vector: Tensor, angle: Tensor) -> Tensor:
    """Vectors (..., 3) turned about z by angles (...) [rad]."""
    cosine, sine = angle.cos(), angle.sin()
    x, y, z = vector.unbind(-1)
    return torch.stack((cosine * x - sine * y, sine * x + cosine * y, z.expand_as(x)), -1)
