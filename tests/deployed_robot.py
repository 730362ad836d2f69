"""A deployment and a simulated robot on one network within this process, under one clock."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from envs.humanoid.deployment import g1_profile
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
from robolearn.paths import assets_directory
from robolearn.policies.registry import build_policy
from robolearn.policies.worker.worker_policy import WorkerPolicy

WORKER = assets_directory() / "checkpoints" / "g1_worker"

QUICK = SafetySettings(stand_time=1.0, hold_fault_time=0.2, hold_time=0.3)
"""To stand up in a second and hold for less, so that tests are short."""

CRANE_SECONDS = 3.5


class DeployedRobot:
    """All of it, driven tick by tick.

    sent: every command that was published
    """

    def __init__(
        self,
        safety: SafetySettings = QUICK,
        crane_seconds: float = CRANE_SECONDS,
        checkpoint: Path = WORKER,
        **options: Any,
    ) -> None:
        self.now = 100.0
        self.network = LoopbackNetwork(lambda: self.now)
        self.robot = SimulatedRobot(crane_seconds=crane_seconds)
        self.profile = g1_profile()
        loaded = load_checkpoint(checkpoint)
        policy = build_policy(loaded)
        assert isinstance(policy, WorkerPolicy)
        requests, answers = Slot(), Slot()
        self.answers = answers
        self.loop = CommandLoop(
            self.network.join(),
            self.profile,
            owned_joints(loaded, self.profile),
            requests,
            answers,
            self.now,
            safety,
            **options,
        )
        self.policy = PolicyLoop(DeployedWorker(policy), requests, answers)
        self.policy_runs = True
        self.heartbeat = True
        self.operator = self.network.join()
        body = self.network.join()
        self._commands, self._publish_state = body.mailbox(LOW_COMMANDS), body.publisher(LOW_STATES)
        self._taken = 0
        self.sent: list[bytes] = []

    @property
    def mode(self) -> Mode:
        return self.loop.situation.mode

    def say(self, topic: Topic, message: Message) -> None:
        self.operator.publisher(topic)(encode(message))

    def ask(self, mode: str) -> None:
        self.say(MODE, String(mode))

    def drive(self, forward: float = 0.0, turning: float = 0.0, climb: float = 0.0) -> None:
        self.say(VELOCITY_COMMANDS, Twist(Vector3(forward, 0.0, climb), Vector3(0.0, 0.0, turning)))

    def press_stop(self) -> None:
        self.say(EMERGENCY_STOP, Bool(True))

    def tick(self) -> None:
        """2 ms: the deployment, its policy when it is due, the robot."""
        self.now += self.profile.period
        if self.heartbeat:
            self.say(HEARTBEAT, Bool(True))
        self.loop.tick(self.now)
        if self.policy_runs:
            self.policy.tick(self.now)
        arrival = self._commands.latest()
        new = arrival is not None and arrival.number != self._taken
        commands = [arrival.payload] if arrival is not None and new else []
        self._taken += new
        self.sent += commands
        for state in self.robot.step(self.now, commands):
            self._publish_state(state)

    def run(self, seconds: float, each: Callable[[], None] = lambda: None) -> None:
        for _ in range(round(seconds / self.profile.period)):
            each()
            self.tick()

    def ticks_until(self, mode: Mode, patience: float = 2.0) -> int:
        """How many ticks it takes to get there."""
        for count in range(round(patience / self.profile.period)):
            if self.mode is mode:
                return count
            self.tick()
        raise AssertionError(f"{self.mode} for {patience} s: {self.loop.situation.reason}")

    def stand(self, seconds: float = 1.1) -> None:
        """Up and hanging: ready for the policy."""
        self.run(0.02)
        self.ask("stand")
        self.run(seconds)
        assert self.mode is Mode.STAND, self.loop.situation.reason

    def start_policy(self) -> None:
        """Standing up, then driven by the policy."""
        self.stand()
        self.ask("policy")
        self.tick()
        assert self.mode is Mode.POLICY, self.loop.situation.refused
