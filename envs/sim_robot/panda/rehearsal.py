"""A deployment and a simulated Panda on one network within one program, under a clock that this moves."""

from envs.assembly.deployment import panda_profile
from envs.sim_robot.panda.robot import STEP_PERIOD, SimulatedPanda
from robolearn.bridge.arm.examination import Examination
from robolearn.bridge.arm.loop import ArmLoop
from robolearn.bridge.arm.pilot import Pilot
from robolearn.bridge.arm.serving import ServedArm
from robolearn.bridge.transport import LoopbackNetwork
from robolearn.environment import episode_seeds
from robolearn.policies.policy import Policy

TICK = 1e-3
"""That the clock moves between two looks of either side [s]; nothing depends on it."""


class ArmRehearsal:
    """Of one policy.

    seed: of the episodes and of the policy, as in evaluations
    episodes: how many
    joints: command joints in the place of the end effector
    lockstep: the robot waits for its commands; otherwise both sides have their own periods
    """

    def __init__(
        self, policy: Policy, seed: int, episodes: int, joints: bool = False, lockstep: bool = True
    ) -> None:
        self.now = 0.0
        self.network = LoopbackNetwork(lambda: self.now)
        self.robot = SimulatedPanda(seed, lockstep=lockstep)
        self.served = ServedArm(self.robot, self.network.join())
        profile, transport = panda_profile(), self.network.join()
        task = profile.tasks["one_leg"]
        self.loop = ArmLoop(
            transport,
            profile,
            Pilot(profile, task, policy, seed, joints),
            1.0 / task.spec.control_rate_hz,
            task.bodies,
            lockstep=lockstep,
            heartbeat=False,
            clock=lambda: self.now,
        )
        self.examination = Examination(transport, episode_seeds(seed, 0, episodes))

    def tick(self) -> None:
        """Both sides look once; without lock step a control period passes."""
        lockstep = self.robot.lockstep
        for _ in range(1 if lockstep else self.robot.cell.chunks):
            self.now += TICK if lockstep else STEP_PERIOD
            self.served.step(round(1e9 * self.now))
        self.examination.tick(self.now, self.loop)
        self.loop.tick(self.now)

    def run(self) -> None:
        """Until all episodes are over."""
        while not self.examination.done:
            self.tick()
