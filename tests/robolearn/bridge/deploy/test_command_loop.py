"""Deployment against the simulated robot: what the motors are told, whatever goes wrong elsewhere."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from deployed_robot import QUICK, DeployedRobot
from envs.robots.g1.limits import g1_limits
from envs.sim_robot.strictness import CommandCheck, Order
from robolearn.bridge.deploy.arms import SPEED
from robolearn.bridge.deploy.command_loop import CommandLoop, Transition
from robolearn.bridge.deploy.exchange import PolicyAnswer
from robolearn.bridge.deploy.foreign import ASKED_EVERY
from robolearn.bridge.images import LOW_COMMAND, LOW_STATE, checksum, from_wire, to_wire
from robolearn.bridge.messages.trajectory_msgs import JointTrajectory, JointTrajectoryPoint
from robolearn.bridge.remote_control import STOP, Button
from robolearn.bridge.safety.state_machine import Mode
from robolearn.bridge.sim_settings import Interference
from robolearn.bridge.topics import EMERGENCY_STOP, JOINT_TARGETS, LOW_COMMANDS

PERIOD = 0.002
HOLD_TIME = round(QUICK.hold_time / PERIOD)
"""Ticks until a robot that is held is braked, at the latest."""


def all_obeyed(deployed: DeployedRobot) -> bool:
    """Whether a robot that was told every command would have obeyed each."""
    check = CommandCheck(g1_limits(PERIOD), mode_machine=5)
    return all(isinstance(check.read(payload), Order) for payload in deployed.sent)


def is_braked(payload: bytes) -> bool:
    motors = from_wire(payload, LOW_COMMAND)["motor_cmd"][:29]
    return bool((motors["kp"] == 0).all() and (motors["tau"] == 0).all() and (motors["kd"] >= 3).all())


def hold_then_damp(deployed: DeployedRobot, patience: int, reason: str) -> None:
    """Held within `patience` ticks, then braked; every command obeyed."""
    assert deployed.ticks_until(Mode.HOLD) <= patience
    assert reason in deployed.loop.situation.reason
    assert deployed.ticks_until(Mode.DAMP) <= HOLD_TIME + 2
    deployed.tick()
    assert is_braked(deployed.sent[-1]) and all_obeyed(deployed)


@pytest.fixture
def driven() -> DeployedRobot:
    """By its policy, held by the crane."""
    deployed = DeployedRobot(crane_seconds=60.0)
    deployed.start_policy()
    deployed.run(0.06)
    return deployed


def test_a_robot_stands_up_and_stands_on_its_feet() -> None:
    deployed = DeployedRobot()
    deployed.run(0.1)
    assert deployed.mode is Mode.PASSIVE and is_braked(deployed.sent[-1])
    deployed.ask("stand")
    deployed.run(3.52)
    assert not deployed.robot.on_crane
    deployed.run(1.0)
    assert deployed.mode is Mode.STAND and not deployed.robot.fallen
    assert deployed.robot.refused == {} and all_obeyed(deployed)
    assert deployed.loop.filtered == 0


def test_the_policy_takes_over_and_steps_when_it_is_driven(driven: DeployedRobot) -> None:
    before = driven.sent[-1]
    knee = driven.profile.joints.index("left_knee_joint")

    def target(payload: bytes) -> float:
        return float(from_wire(payload, LOW_COMMAND)["motor_cmd"]["q"][knee])

    driven.run(0.6, lambda: driven.drive(forward=0.5))
    assert driven.mode is Mode.POLICY and all_obeyed(driven)
    knees = [target(payload) for payload in driven.sent[-300:]]
    assert max(knees) - target(before) > 0.2
    arms = slice(15, 29)
    assert from_wire(driven.sent[-1], LOW_COMMAND)["motor_cmd"]["q"][arms] == pytest.approx(
        driven.profile.standing[arms], abs=1e-6
    )


def test_the_policy_is_refused_until_the_robot_stands() -> None:
    deployed = DeployedRobot(crane_seconds=60.0)
    deployed.run(0.02)
    deployed.ask("policy")
    deployed.tick()
    assert deployed.mode is Mode.PASSIVE and "not from passive" in deployed.loop.situation.refused


@pytest.mark.parametrize("mode", ["stand", "policy"])
def test_the_emergency_stop_brakes_at_once(mode: str) -> None:
    deployed = DeployedRobot(crane_seconds=60.0)
    if mode == "policy":
        deployed.start_policy()
    else:
        deployed.stand(0.3)
    deployed.press_stop()
    assert deployed.ticks_until(Mode.DAMP) <= 2
    assert is_braked(deployed.sent[-1]) and all_obeyed(deployed)
    deployed.ask("passive")
    deployed.run(0.01)
    assert deployed.mode is Mode.DAMP and deployed.loop.snapshot is not None
    assert deployed.loop.snapshot.complaint == "reset refused: emergency stop"


def test_an_emergency_stop_that_cannot_be_read_is_one(driven: DeployedRobot) -> None:
    driven.operator.publisher(EMERGENCY_STOP)(b"garbage")
    assert driven.ticks_until(Mode.DAMP) <= 2


def test_the_robots_own_remote_control_stops_it(driven: DeployedRobot) -> None:
    driven.robot.buttons = Button.L2
    driven.run(0.02)
    assert driven.mode is Mode.POLICY
    driven.robot.buttons = STOP
    assert driven.ticks_until(Mode.DAMP) <= 3
    assert driven.loop.situation.reason == "emergency stop" and is_braked(driven.sent[-1])


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_an_action_that_is_no_number(driven: DeployedRobot, value: float) -> None:
    driven.policy_runs = False

    def answer() -> None:
        answer = PolicyAnswer(10**6, driven.now, np.zeros(3), np.full(15, value), np.empty(0))
        driven.answers.put(answer.vector())

    answer()
    # It is looked at when the next one is asked for.
    assert driven.ticks_until(Mode.HOLD) <= 11
    hold_then_damp(driven, 0, "not finite")


def test_a_policy_that_dies(driven: DeployedRobot) -> None:
    driven.policy_runs = False
    hold_then_damp(driven, round(QUICK.policy_age / PERIOD) + 2, "no action of the policy")


@pytest.mark.parametrize("interference", [Interference(stale=1.0), Interference(loss=1.0)])
def test_a_state_that_grows_old(driven: DeployedRobot, interference: Interference) -> None:
    driven.robot.interference = interference
    hold_then_damp(driven, round(QUICK.state_age / PERIOD) + 2, "no message of the robot")


def test_an_operator_who_is_gone(driven: DeployedRobot) -> None:
    driven.heartbeat = False
    hold_then_damp(driven, round(QUICK.heartbeat_age / PERIOD) + 2, "no sign of the operator")


def test_somebody_else_who_commands(driven: DeployedRobot) -> None:
    other = driven.network.join()
    publish = other.publisher(LOW_COMMANDS)
    assert driven.ticks_until(Mode.HOLD) <= round(ASKED_EVERY / PERIOD) + 2
    publish(driven.sent[-1])
    hold_then_damp(driven, 0, "somebody else commands")


def test_somebody_else_who_speaks_is_noticed_at_once(driven: DeployedRobot) -> None:
    message = driven.sent[-1]
    driven.network.join().publisher(LOW_COMMANDS)(message)
    assert driven.ticks_until(Mode.HOLD) <= 1


def test_a_low_battery(driven: DeployedRobot) -> None:
    driven.robot.interference = Interference(voltage=40.0)
    hold_then_damp(driven, 3, "supply at 40.0 V")


@pytest.mark.parametrize("jump", [3.0, -3.0])
def test_a_clock_that_jumps(driven: DeployedRobot, jump: float) -> None:
    driven.clock_offset += jump
    assert driven.ticks_until(Mode.DAMP) <= 1
    assert is_braked(driven.sent[-1]) and all_obeyed(driven)


def test_an_operator_may_hold_and_stand_again(driven: DeployedRobot) -> None:
    driven.ask("hold")
    assert driven.ticks_until(Mode.HOLD) <= 1
    driven.ask("stand")
    assert driven.ticks_until(Mode.STAND) <= 1
    driven.ask("somersault")
    driven.tick()
    assert driven.loop.snapshot is not None
    assert "unknown mode 'somersault'" in driven.loop.snapshot.complaint


def test_a_velocity_that_grows_old_is_none(driven: DeployedRobot) -> None:
    driven.drive(forward=0.5, turning=0.3, climb=-0.2)
    driven.run(0.1)
    assert driven.loop.snapshot is not None
    assert driven.loop.snapshot.velocity[[0, 2]].tolist() == [0.5, 0.3]
    assert driven.loop.snapshot.velocity[3] < driven.profile.height
    driven.run(0.5)
    low = driven.loop.snapshot.velocity[3]
    driven.run(0.06)
    assert driven.loop.snapshot.velocity.tolist() == [0.0, 0.0, 0.0, low]


def test_arms_follow_their_targets_slowly(driven: DeployedRobot) -> None:
    names = ["left_elbow_joint", "right_shoulder_pitch_joint"]
    elbow, shoulder = (driven.profile.joints.index(name) for name in names)

    def aim(names: list[str], positions: list[float]) -> None:
        point = JointTrajectoryPoint(positions=positions)
        driven.say(JOINT_TARGETS, JointTrajectory(joint_names=names, points=[point]))
        driven.run(0.1)

    aim(names, [1.5, 9.0])
    q = from_wire(driven.sent[-1], LOW_COMMAND)["motor_cmd"]["q"]
    assert q[elbow] == pytest.approx(driven.profile.standing[elbow] + 0.1 * SPEED, abs=0.005)
    driven.run(0.9)
    q = from_wire(driven.sent[-1], LOW_COMMAND)["motor_cmd"]["q"]
    assert q[elbow] == pytest.approx(1.5) and q[shoulder] > 1.0 and all_obeyed(driven)
    for wrong, positions, said in (
        (["left_knee_joint"], [1.0], "'left_knee_joint', which is not free"),
        (["left_elbow_joint"], [1.0, 2.0], "1 joints with 2 positions"),
        (["left_elbow_joint"], [np.nan], "not finite"),
    ):
        aim(wrong, positions)
        assert driven.loop.snapshot is not None and said in driven.loop.snapshot.complaint
    assert driven.mode is Mode.POLICY


def test_shutting_down_brakes_before_it_ends(driven: DeployedRobot) -> None:
    driven.loop.shutdown = True
    assert driven.ticks_until(Mode.DAMP) <= 1
    assert driven.loop.situation.reason == "shutdown" and is_braked(driven.sent[-1])


def test_the_last_resort_brakes_too(driven: DeployedRobot) -> None:
    before = len(driven.sent)
    driven.loop.brake()
    arrival = driven.commands.last
    assert arrival is not None and is_braked(arrival.payload) and len(driven.sent) == before


def test_a_dry_run_says_nothing_and_bears_others() -> None:
    deployed = DeployedRobot(crane_seconds=60.0, dry_run=True)
    deployed.network.join().publisher(LOW_COMMANDS)
    deployed.start_policy()
    deployed.run(0.1)
    assert deployed.mode is Mode.POLICY and deployed.sent == [] and deployed.loop.sent == 0


def test_without_a_heartbeat_for_simulations() -> None:
    deployed = DeployedRobot(replace(QUICK, heartbeat_age=0.01), crane_seconds=60.0, heartbeat=False)
    deployed.heartbeat = False
    deployed.stand(0.3)


def test_nothing_is_commanded_before_the_robot_is_known() -> None:
    deployed = DeployedRobot(crane_seconds=60.0)
    deployed.robot.interference = Interference(loss=1.0)
    deployed.run(0.1)
    assert deployed.sent == []


def busy(deployed: DeployedRobot) -> None:
    deployed.run(0.2, lambda: deployed.drive(forward=0.4))
    point = JointTrajectoryPoint(positions=[1.2])
    deployed.say(JOINT_TARGETS, JointTrajectory(joint_names=["left_elbow_joint"], points=[point]))
    deployed.robot.interference = Interference(loss=0.3, noise=1.0)
    deployed.run(0.3)


def leaning(deployed: DeployedRobot) -> None:
    deployed.robot.interference = Interference(noise=1.0, voltage=40.0)
    deployed.run(0.1)


def silent(deployed: DeployedRobot) -> None:
    deployed.heartbeat = False
    deployed.run(0.6)


def stopped(deployed: DeployedRobot) -> None:
    deployed.run(0.031)
    deployed.robot.buttons = STOP
    deployed.run(0.05)


def dead(deployed: DeployedRobot) -> None:
    deployed.policy_runs = False
    deployed.run(0.1)


def late(deployed: DeployedRobot) -> None:
    deployed.robot.interference = Interference(latency=0.03, jitter=0.02)
    deployed.run(0.3)


@pytest.mark.parametrize("trouble", [busy, leaning, silent, stopped, dead, late])
def test_repeating_a_command_is_deciding_it_again(
    trouble: Callable[[DeployedRobot], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def outcome() -> tuple[list[bytes], list[Transition]]:
        deployed = DeployedRobot(replace(QUICK, stand_time=0.2), crane_seconds=60.0)
        deployed.start_policy()
        deployed.run(0.2)
        trouble(deployed)
        return deployed.sent, deployed.loop.transitions

    repeated, repeat = Counter[bool](), CommandLoop._repeat

    def counted(loop: CommandLoop, now: float) -> bool:
        done = repeat(loop, now)
        repeated[done] += 1
        return done

    monkeypatch.setattr(CommandLoop, "_repeat", counted)
    quick = outcome()
    assert repeated[True] > 20
    monkeypatch.setattr(CommandLoop, "_repeat", lambda loop, now: False)
    assert outcome() == quick


@pytest.mark.parametrize("wrong", ["old", "impossible", "damaged", "short"])
def test_a_state_that_is_not_taken_leaves_the_present_one(driven: DeployedRobot, wrong: str) -> None:
    driven.run(0.1)
    driven.loop.tick(driven.loop._now + 0.001)
    states, arrival = driven.loop.states, driven.loop.states._mailbox.last
    assert arrival is not None and states.last is not None
    before = states.last.numbers
    message = from_wire(arrival.payload, LOW_STATE).copy()
    message["motor_state"]["q"][:29] += 0.5
    message["tick"] = int(message["tick"]) + (-1 if wrong == "old" else 1)
    if wrong == "impossible":
        message["motor_state"]["q"][28] = np.nan
    message["crc"] = checksum(message)
    if wrong == "damaged":
        message["tick"] += 1
    payload = to_wire(message, LOW_STATE)
    states._mailbox.put(payload[:-4] if wrong == "short" else payload)
    driven.loop.tick(driven.loop._now + 0.001)
    assert states.last is not None and np.array_equal(states.last.numbers, before)
    assert states.repeated + states.damaged == 1
