"""A driven arm in MuJoCo behind the environment contract, for tests that need a `simulation`."""

import mujoco
import torch
from torch import Tensor

from envs.simulation import Simulation
from robolearn.environment import BatchedEnvironment, Transition
from robolearn.specification import TaskSpec, VectorSpec

SCENE = """
<mujoco>
  <option timestep="0.005" integrator="implicitfast">
    <flag sleep="{sleep}"/>
  </option>
  <worldbody>
    <geom type="plane" size="2 2 .1"/>
    <body name="arm" pos="0 0 1">
      <joint name="hinge" type="hinge" axis="0 1 0" damping=".1"/>
      <geom type="capsule" fromto="0 0 0 .4 0 0" size=".03"/>
    </body>
    <body name="box" pos=".5 .5 .06"><freejoint/><geom type="box" size=".05 .05 .05"/></body>
    <body name="ball" pos="-.5 0 .5"><freejoint/><geom type="sphere" size=".05"/></body>
  </worldbody>
  <equality><weld name="hold" body1="ball" active="false"/></equality>
  <actuator><motor joint="hinge" gear="2"/></actuator>
</mujoco>
"""


class Swing(BatchedEnvironment):
    """A driven arm; halfway through each step the ball of some worlds is held where it is, or let go."""

    def __init__(self, num_envs: int, sleep: bool = True) -> None:
        self.spec = TaskSpec(
            name="swing",
            observation=VectorSpec(("angle",), ("rad",)),
            action=VectorSpec(("torque",), ("N m",)),
            control_rate_hz=10.0,
            max_episode_steps=9,
            phases=("swinging",),
        )
        self.num_envs = num_envs
        self.device = torch.device("cpu")
        model = mujoco.MjModel.from_xml_string(SCENE.format(sleep="enable" if sleep else "disable"))
        self.simulation = Simulation(model, num_envs, 1, substeps=20)
        self._mass = self.simulation.expand("body_mass")
        self._age = torch.zeros(num_envs, dtype=torch.int64)

    def reset(self, episode_seeds: Tensor, env_ids: Tensor | None = None) -> Tensor:
        worlds = torch.arange(self.num_envs) if env_ids is None else env_ids
        self.simulation.reset(worlds)
        self.simulation.view("qpos")[worlds, 0] = 0.01 * (episode_seeds % 100).double()
        self._mass[worlds, 1] = 1.0 + 0.1 * (episode_seeds % 7).double()
        self._age[worlds] = 0
        self.simulation.forward(worlds)
        return self._observation()

    def step(self, action: Tensor) -> Transition:
        worlds = torch.arange(self.num_envs)
        self.simulation.view("ctrl")[:] = action
        self.simulation.step(worlds, 10)
        held = self.simulation.view("qpos")[:, 0] > 0.2
        self.simulation.view("eq_active")[:, 0] = held.double()
        self.simulation.step(worlds, 10)
        self._age += 1
        none = torch.zeros(self.num_envs, dtype=torch.bool)
        done = self._age >= 4 + worlds % 6
        zeros = torch.zeros(self.num_envs)
        return Transition(self._observation(), zeros, none, done, none, zeros.long(), none)

    def close(self) -> None:
        """Nothing to release."""

    def _observation(self) -> Tensor:
        return self.simulation.view("qpos")[:, :1].float()


class Pusher:
    """Torque that depends on the angle."""

    def reset(self, episode_seeds: Tensor, env_ids: Tensor | None = None) -> None:
        """Nothing is remembered."""

    def act(self, observation: Tensor) -> Tensor:
        return torch.sin(3.0 * observation) - 0.3
