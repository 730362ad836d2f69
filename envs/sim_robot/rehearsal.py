"""A deployment and a simulated robot on one network within one program, under a clock that only this moves.

What happens follows from checkpoint, seed and what is asked, and takes as long as it takes to compute.
"""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from envs.humanoid.deployment import g1_profile
from envs.humanoid.hand_following import hand_follower
from envs.sim_robot.robot import SimulatedRobot
from robolearn.bridge.deploy.command_loop import CommandLoop
from robolearn.bridge.deploy.policy_loop import DeployedWorker, PolicyLoop
from robolearn.bridge.deploy.ports import Slot
from robolearn.bridge.deploy.profile import owned_joints
from robolearn.bridge.message import Message, encode
from robolearn.bridge.messages.geometry_msgs import Twist, Vector3
from robolearn.bridge.messages.std_msgs import Bool, String
from robolearn.bridge.safety.settings import SafetySettings
from robolearn.bridge.safety.state_machine import Mode
from robolearn.bridge.topics import (
    EMERGENCY_STOP,
    HEARTBEAT,
    LOW_COMMANDS,
    LOW_STATES,
    MODE,
    VELOCITY_COMMANDS,
    Topic,
)
from robolearn.bridge.transport import LoopbackNetwork
from robolearn.checkpoint import load_checkpoint
from robolearn.policies.registry import build_policy
from robolearn.policies.worker.worker_policy import WorkerPolicy

HEARTBEAT_PERIOD: Final = 0.1
"""Between two signs of life of the operator [s]; chosen."""

PATIENCE: Final = 2.0
"""For a mode that is waited for [s], by default."""


class Rehearsal:
    """Of a G1, tick by tick.

    checkpoint, manager: folders of a worker's and a manager's policy; manager: None to do without
    safety: when the robot is stopped
    crane_seconds, seed: see `SimulatedRobot`
    options: further keywords of `CommandLoop`

    now: of the robot [s]
    clock_offset: by which the deployment's clock is ahead [s]
    answers: where the policy's actions arrive
    policy_runs, heartbeat: set to false to have the policy or the operator die
    sent: every command that reached the robot's network
    """

    def __init__(
        self,
        checkpoint: Path,
        safety: SafetySettings | None = None,
        crane_seconds: float = 10.0,
        seed: int = 0,
        manager: Path | None = None,
        **options: Any,
    ) -> None:
        self.now, self.clock_offset = 100.0, 0.0
        self.network = LoopbackNetwork(lambda: self.now + self.clock_offset)
        self.robot = SimulatedRobot(seed, crane_seconds=crane_seconds)
        self.profile = g1_profile()
        loaded = load_checkpoint(checkpoint)
        policy, owned = build_policy(loaded), owned_joints(loaded, self.profile)
        assert isinstance(policy, WorkerPolicy)
        requests, self.answers = Slot(), Slot()
        ours = self.network.join()
        self.loop = CommandLoop(
            ours,
            self.profile,
            owned,
            requests,
            self.answers,
            self.now,
            safety,
            follows_hands=manager is not None,
            **options,
        )
        follower = None if manager is None else hand_follower(manager)
        self._policy = PolicyLoop(DeployedWorker(policy, follower), requests, self.answers)
        self.policy_runs = self.heartbeat = True
        self.operator, body = self.network.join(), self.network.join()
        self.commands, self._publish_state = body.mailbox(LOW_COMMANDS), body.publisher(LOW_STATES)
        self._taken = 0
        self._heartbeat_at = -math.inf
        self.sent: list[bytes] = []

    @property
    def mode(self) -> Mode:
        """Of the deployment."""
        return self.loop.situation.mode

    def say(self, topic: Topic, message: Message) -> None:
        """The operator publishes something."""
        self.operator.publisher(topic)(encode(message))

    def ask(self, mode: str) -> None:
        """The operator asks for a mode."""
        self.say(MODE, String(mode))

    def drive(self, forward: float = 0.0, turning: float = 0.0, climb: float = 0.0) -> None:
        """The operator sends one velocity command [m/s, rad/s, m/s]."""
        self.say(VELOCITY_COMMANDS, Twist(Vector3(forward, 0.0, climb), Vector3(0.0, 0.0, turning)))

    def press_stop(self) -> None:
        """The operator presses the emergency stop."""
        self.say(EMERGENCY_STOP, Bool(True))

    def tick(self) -> None:
        """One command period: the deployment, its policy when that is asked, the robot."""
        self.now += self.profile.period
        seen = self.now + self.clock_offset
        if self.heartbeat and self.now >= self._heartbeat_at + HEARTBEAT_PERIOD:
            self._heartbeat_at = self.now
            self.say(HEARTBEAT, Bool(True))
        self.loop.tick(seen)
        if self.policy_runs:
            self._policy.tick(seen)
        commands = self._new_commands()
        self.sent += commands
        for state in self.robot.step(self.now, commands):
            self._publish_state(state)

    def _new_commands(self) -> list[bytes]:
        arrival = self.commands.last
        if arrival is None or arrival.number == self._taken:
            return []
        self._taken = arrival.number
        return [arrival.payload]

    def run(self, seconds: float, each: Callable[[], None] = lambda: None) -> None:
        """So long; `each` is called before every tick."""
        for _ in range(round(seconds / self.profile.period)):
            each()
            self.tick()

    def ticks_until(self, mode: Mode, patience: float = PATIENCE) -> int:
        """How many ticks it takes to get there. Raises TimeoutError after `patience` [s]."""
        for count in range(round(patience / self.profile.period)):
            if self.mode is mode:
                return count
            self.tick()
        raise TimeoutError(f"{self.mode} for {patience} s: {self.loop.situation.reason}")

    def stand(self, seconds: float) -> None:
        """The operator asks the robot to stand, and waits."""
        self.run(0.02)
        self.ask("stand")
        self.run(seconds)
        assert self.mode is Mode.STAND, self.loop.situation.reason

    def start_policy(self) -> None:
        """Stand as long as it takes, then let the policy drive."""
        self.stand(self.loop.safety.stand_time + 0.1)
        self.ask("policy")
        self.tick()
        assert self.mode is Mode.POLICY, self.loop.situation.refused
