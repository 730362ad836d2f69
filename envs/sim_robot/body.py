"""The G1's body: MuJoCo's physics with motors that follow Unitree's law."""

from typing import Final

import mujoco
import numpy as np
from numpy.typing import NDArray

from envs.humanoid.joint_places import JointPlaces
from envs.humanoid.scene import g1_scene
from envs.robots.g1.constants import PELVIS, PELVIS_IMU, STANDING_HEIGHT
from envs.sim_robot.crane import DAMPING, HANGING_HEIGHT, Grip
from robolearn.bridge.safety.joints import JointCommand, Mask, Vector

TIMESTEP: Final = 0.002
"""Of the physics [s]: a state message after each, so 500 a second, as the robot has them."""

_GYROSCOPE, _ACCELEROMETER, _ORIENTATION = "gyroscope", "accelerometer", "orientation"


class Body:
    """The nominal robot on a floor, hanging or standing upright.

    Torques are tau + kp (q - angle) + kd (dq - speed) within the motors' limits. MuJoCo's affine actuators
    say just that, and the integrator solves for their damping: explicit torques of the braking gains would
    shake the light ankles at this step.
    """

    def __init__(self, hanging: bool) -> None:
        spec = g1_scene()
        spec.option.timestep = TIMESTEP
        for actuator in spec.actuators:
            actuator.nsample = 0
        for name, kind in (
            (_GYROSCOPE, mujoco.mjtSensor.mjSENS_GYRO),
            (_ACCELEROMETER, mujoco.mjtSensor.mjSENS_ACCELEROMETER),
            (_ORIENTATION, mujoco.mjtSensor.mjSENS_FRAMEQUAT),
        ):
            spec.add_sensor(name=name, type=kind, objtype=mujoco.mjtObj.mjOBJ_SITE, objname=PELVIS_IMU)
        self.model = spec.compile()
        self.data = mujoco.MjData(self.model)
        places = JointPlaces.of(self.model)
        self._positions, self._velocities = places.positions.numpy(), places.velocities.numpy()
        self._motors = places.motors.numpy()
        self._effort = self.model.actuator_forcerange.copy()
        self._pelvis = int(self.model.body(PELVIS).id)
        self.data.qpos[2] = HANGING_HEIGHT if hanging else STANDING_HEIGHT
        mujoco.mj_forward(self.model, self.data)

    def obey(self, command: JointCommand, enabled: Mask) -> None:
        """From now on; motors that are not `enabled`, (29,), turn freely."""
        q, dq, tau, kp, kd = command.table * enabled
        motors, model = self._motors, self.model
        model.actuator_gainprm[motors, 0] = kp
        model.actuator_biasprm[motors, 0] = tau + kd * dq
        model.actuator_biasprm[motors, 1], model.actuator_biasprm[motors, 2] = -kp, -kd
        self.data.ctrl[motors] = q

    def weaken(self, share: float) -> None:
        """Motors have this share of their greatest torque."""
        self.model.actuator_forcerange[:] = share * self._effort

    def step(self, grip: Grip | None) -> None:
        """One `TIMESTEP`, held by a crane or not."""
        data, pelvis = self.data, self._pelvis
        data.xfrc_applied[pelvis] = 0.0
        self.model.dof_damping[:6] = 0.0
        if grip is not None:
            data.xfrc_applied[pelvis] = grip.wrench(data.xpos[pelvis], data.xmat[pelvis].reshape(3, 3))
            self.model.dof_damping[:6] = grip.share * np.array(DAMPING)
        mujoco.mj_step(self.model, data)

    @property
    def angles(self) -> Vector:
        """(29,) [rad]."""
        return self.data.qpos[self._positions]

    @property
    def speeds(self) -> Vector:
        """(29,) [rad/s]."""
        return self.data.qvel[self._velocities]

    @property
    def accelerations(self) -> Vector:
        """(29,) [rad/s^2]."""
        return self.data.qacc[self._velocities]

    @property
    def torques(self) -> Vector:
        """(29,) of the motors [N m]."""
        return self.data.actuator_force[self._motors]

    @property
    def orientation(self) -> NDArray[np.float64]:
        """(4,) quaternion of the pelvis's inertial unit, w first."""
        return self.data.sensor(_ORIENTATION).data

    @property
    def angular_velocity(self) -> NDArray[np.float64]:
        """(3,) in its frame [rad/s]."""
        return self.data.sensor(_GYROSCOPE).data

    @property
    def acceleration(self) -> NDArray[np.float64]:
        """(3,) in its frame, that against gravity included [m/s^2]."""
        return self.data.sensor(_ACCELEROMETER).data

    @property
    def pelvis_height(self) -> float:
        """Above the floor [m]."""
        return float(self.data.qpos[2])

    @property
    def pelvis_place(self) -> NDArray[np.float64]:
        """(2,) on the floor [m]."""
        return self.data.qpos[:2]

    @property
    def uprightness(self) -> float:
        """Cosine of the pelvis's tilt."""
        return float(self.data.xmat[self._pelvis][8])
