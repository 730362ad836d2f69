"""What an arm is told in each mode, over a network that loses everything but what is tested."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from envs.assembly.deployment import panda_profile
from envs.sim_robot.panda.robot import SimulatedPanda
from panda_cells import Drawing
from robolearn.bridge.arm.loop import ArmLoop
from robolearn.bridge.arm.pilot import Pilot
from robolearn.bridge.arm.situation import Mode
from robolearn.bridge.arm.topics import FINGER_TARGETS, PART_POSES, POSE_TARGETS
from robolearn.bridge.message import decode, encode
from robolearn.bridge.messages.geometry_msgs import PoseStamped
from robolearn.bridge.messages.std_msgs import Bool, String
from robolearn.bridge.messages.trajectory_msgs import JointTrajectory
from robolearn.bridge.topics import EMERGENCY_STOP, JOINT_STATES, MODE
from robolearn.bridge.transport import LoopbackNetwork

PROFILE = panda_profile()
TASK = PROFILE.tasks["one_leg"]


class Far(Drawing):
    """Wants the end effector half a metre below the table."""

    def act(self, observation: Tensor) -> Tensor:
        action = super().act(observation)
        action[:, 2] = -0.5
        return action


class Scene:
    """A loop beside a robot that only shows itself."""

    def __init__(self, policy: Drawing, dry_run: bool = False) -> None:
        self.now = 0.0
        network = LoopbackNetwork(lambda: self.now)
        self.robot = SimulatedPanda(seed=7)
        self.transport, self.operator = network.join(), network.join()
        self.poses = self.operator.mailbox(POSE_TARGETS)
        self.hands = self.operator.mailbox(FINGER_TARGETS)
        pilot = Pilot(PROFILE, TASK, policy, 0)
        self.loop = ArmLoop(
            network.join(),
            PROFILE,
            pilot,
            0.1,
            TASK.bodies,
            heartbeat=False,
            dry_run=dry_run,
            clock=lambda: self.now,
        )

    def tick(self, shown: bool = True) -> None:
        self.now += 0.1
        for topic, payload in self.robot.step(round(1e9 * self.now), {}):
            if shown and topic in (JOINT_STATES, PART_POSES):
                self.transport.publisher(topic)(payload)
        self.loop.tick(self.now)

    def ask(self, mode: str) -> None:
        self.operator.publisher(MODE)(encode(String(mode)))

    @property
    def sent(self) -> int:
        last = self.poses.last
        return 0 if last is None else last.number

    @property
    def target(self) -> PoseStamped:
        last = self.poses.last
        assert last is not None
        return decode(PoseStamped, last.payload)


def test_nothing_is_commanded_before_somebody_asks_for_the_policy() -> None:
    scene = Scene(Drawing())
    scene.tick()
    assert scene.sent == 0 and scene.loop.situation.mode is Mode.IDLE
    scene.ask("policy")
    scene.tick()
    assert scene.sent == 1 and scene.loop.situation.mode is Mode.POLICY
    target = scene.target
    assert target.header.frame_id == "panda_link0"
    assert (target.header.stamp.sec, target.header.stamp.nanosec) == (0, 200_000_000)
    hand = scene.hands.last
    assert hand is not None
    assert decode(JointTrajectory, hand.payload).points[0].positions == [0.0325, 0.0325]


def test_a_stale_state_holds_until_the_operator_asks_again() -> None:
    scene = Scene(Drawing())
    scene.tick()
    scene.ask("policy")
    scene.tick()
    place = scene.robot.cell.end_effector.position
    for _ in range(5):
        scene.tick(shown=False)
    assert scene.loop.situation.mode is Mode.HOLD and "old" in scene.loop.situation.reason
    point = scene.target.pose.position
    np.testing.assert_allclose([point.x, point.y, point.z], place, atol=1e-9)
    scene.tick()
    assert scene.loop.situation.mode is Mode.HOLD
    scene.ask("policy")
    scene.tick()
    assert scene.loop.situation.mode is Mode.POLICY
    scene.operator.publisher(EMERGENCY_STOP)(encode(Bool(True)))
    before = scene.sent
    scene.tick()
    assert scene.loop.situation.mode is Mode.IDLE and scene.sent == before


@pytest.mark.parametrize("policy", [Far()])
def test_targets_beyond_the_limits_are_shortened_and_counted(policy: Drawing) -> None:
    scene = Scene(policy)
    scene.tick()
    scene.ask("policy")
    scene.tick()
    place, point = scene.robot.cell.end_effector.position, scene.target.pose.position
    away = math.dist(place, (point.x, point.y, point.z))
    assert 0.05 < away <= PROFILE.limits.step + 1e-9 and point.z >= 0.0
    assert scene.loop.pilot.filtered["workspace"] == 1


class Slow(Drawing):
    """Takes half a second, in which somebody may do something."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: Callable[[], None] = lambda: None

    def act(self, observation: Tensor) -> Tensor:
        self.meanwhile()
        return super().act(observation)


def test_what_happens_while_the_policy_computes_counts() -> None:
    policy = Slow()
    scene = Scene(policy)
    scene.tick()
    scene.ask("policy")
    policy.meanwhile = lambda: scene.operator.publisher(EMERGENCY_STOP)(encode(Bool(True)))
    scene.tick()
    assert scene.loop.situation.reason == "emergency stop" and scene.sent == 0


def test_a_target_for_a_state_that_grew_old_meanwhile_is_not_sent() -> None:
    policy = Slow()
    scene = Scene(policy)
    scene.tick()
    scene.ask("policy")

    def dawdle() -> None:
        scene.now += 0.5

    policy.meanwhile = dawdle
    scene.tick()
    assert scene.loop.situation.mode is Mode.HOLD and scene.sent == 0


def test_somebody_else_who_commands_holds() -> None:
    scene = Scene(Drawing())
    scene.tick()
    scene.ask("policy")
    scene.tick()
    scene.operator.publisher(FINGER_TARGETS)
    for _ in range(6):
        scene.tick()
    assert scene.loop.situation.reason == "somebody else commands the arm"


def test_dry_run_publishes_nothing() -> None:
    scene = Scene(Drawing(), dry_run=True)
    scene.tick()
    scene.ask("policy")
    scene.tick()
    assert scene.loop.sent == 1 and scene.sent == 0
    assert torch.isfinite(torch.tensor(scene.now))
