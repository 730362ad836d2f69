"""The simulated Panda in real time: it obeys, refuses, holds when nobody speaks, and begins episodes anew."""

from dataclasses import replace

import numpy as np
import pytest

from envs.sim_robot.panda.robot import SimulatedPanda
from envs.sim_robot.panda.strictness import Refusal
from panda_cells import hand_payload, pose_payload, staying
from robolearn.bridge.arm.episode_report import EpisodeReport, Outcome
from robolearn.bridge.arm.topics import EPISODE_REQUESTS, EPISODES, FINGER_TARGETS, PART_POSES, POSE_TARGETS
from robolearn.bridge.message import decode, encode
from robolearn.bridge.messages.diagnostic_msgs import DiagnosticArray
from robolearn.bridge.messages.sensor_msgs import JointState
from robolearn.bridge.messages.std_msgs import Int64
from robolearn.bridge.messages.tf2_msgs import TFMessage
from robolearn.bridge.topics import JOINT_STATES, Topic

CHUNK = 20_000_000


class Timed:
    """A robot whose clock this moves."""

    def __init__(self) -> None:
        self.robot = SimulatedPanda(seed=7)
        self.now = 10**9

    def step(self, commands: dict[Topic, bytes] | None = None) -> dict[Topic, bytes]:
        self.now += CHUNK
        return dict(self.robot.step(self.now, commands or {}))


@pytest.fixture(scope="module")
def timed() -> Timed:
    return Timed()


def test_it_shows_joints_and_parts_by_name(timed: Timed) -> None:
    said = timed.step()
    joints, parts = decode(JointState, said[JOINT_STATES]), decode(TFMessage, said[PART_POSES])
    assert joints.name[0] == "panda_joint1" and joints.name[-1] == "panda_finger_joint2"
    assert (joints.header.stamp.sec, joints.header.stamp.nanosec) == divmod(timed.now, 10**9)
    assert {one.header.frame_id for one in parts.transforms} == {"panda_link0"}
    assert [one.child_frame_id for one in parts.transforms][-2:] == ["square_table_leg4", "obstacle"]


def test_it_goes_where_it_is_sent_and_stays_when_nobody_speaks(timed: Timed) -> None:
    robot = timed.robot
    begin = robot.cell.end_effector
    target = replace(begin, position=begin.position + np.array([0.0, 0.05, 0.0]))
    timed.step({POSE_TARGETS: pose_payload(target, timed.now), FINGER_TARGETS: hand_payload(0.0, timed.now)})
    for _ in range(20):
        timed.step()
    moved = robot.cell.end_effector.position[1] - begin.position[1]
    assert 0.02 < moved < 0.06 and not robot.holds
    assert robot.cell.angles[7:].sum() < 0.03
    for _ in range(10):
        timed.step()
    assert robot.holds and robot.timeouts == 1 and robot.obeyed == 2 and not robot.refused
    # It closed its fingers, and keeps what it has.
    assert robot.cell.angles[7:].sum() < 0.01


def test_what_it_refuses_changes_nothing_and_is_counted(timed: Timed) -> None:
    robot = timed.robot
    obeyed = robot.obeyed
    timed.step({POSE_TARGETS: pose_payload(robot.cell.end_effector, timed.now - 10**9)})
    timed.step({POSE_TARGETS: pose_payload(robot.cell.end_effector, timed.now, "world")})
    timed.step({POSE_TARGETS: b""})
    timed.step({EPISODE_REQUESTS: encode(Int64(-1))})
    wanted = {Refusal.STALE: 1, Refusal.FRAME: 1, Refusal.DAMAGED: 1, Refusal.SEED: 1}
    assert dict(robot.refused) == wanted and robot.obeyed == obeyed


def test_an_episode_is_asked_for_by_its_seed(timed: Timed) -> None:
    said = timed.step({EPISODE_REQUESTS: encode(Int64(41))})
    report = EpisodeReport.of(decode(DiagnosticArray, said[EPISODES]))
    assert (report.seed, report.outcome, report.steps) == (41, Outcome.RUNNING, 0)
    assert report.began == timed.now


def test_in_lock_step_time_stands_still_until_both_commands_came() -> None:
    robot = SimulatedPanda(seed=7, lockstep=True)
    first = dict(robot.step(1, {}))
    commands = staying(robot, 0)
    assert robot.step(2, {POSE_TARGETS: commands[POSE_TARGETS]}) == []
    assert robot.step(3, {}) == [] and robot.cell.steps == 0
    then = dict(robot.step(4, {FINGER_TARGETS: commands[FINGER_TARGETS]}))
    assert robot.cell.steps == 1
    stamps = [decode(JointState, said[JOINT_STATES]).header.stamp.nanosec for said in (first, then)]
    assert stamps == [0, 100_000_000]
    assert robot.step(5, commands) == [] and not robot.refused
    assert robot.step(5, staying(robot, 1)) == [] and robot.refused == {Refusal.STALE: 2}
    far = replace(robot.cell.end_effector, position=np.array([0.5, 0.0, 0.6]))
    refused = {POSE_TARGETS: pose_payload(far, 10**8), FINGER_TARGETS: hand_payload(0.0325, 10**8)}
    assert robot.step(6, refused) and robot.cell.steps == 2 and robot.refused[Refusal.WORKSPACE] == 1
