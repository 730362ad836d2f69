"""The simulated robot as whoever commands it sees it."""

import math

import numpy as np
import pytest

from envs.robots.g1.constants import JOINTS, default_angle
from envs.sim_robot.robot import COMMAND_TIMEOUT, SimulatedRobot
from envs.sim_robot.strictness import Refusal
from robolearn.bridge.images import LOW_COMMAND, LOW_STATE, Image, checksum, from_wire, seal, to_wire
from robolearn.bridge.sim_settings import Interference
from robolearn.errors import UserError

STEP = 0.002
DEFAULT = np.array([default_angle(joint) for joint in JOINTS])


def command(crc: bool = True, **fields: int) -> bytes:
    """To the default posture."""
    image = LOW_COMMAND.blank()
    image["mode_machine"] = 5
    motors = image["motor_cmd"][: len(JOINTS)]
    motors["mode"], motors["q"], motors["kp"], motors["kd"] = 1, DEFAULT, 40.0, 2.0
    for name, value in fields.items():
        image[name] = value
    seal(image)
    if not crc:
        image["crc"] ^= 1
    return to_wire(image, LOW_COMMAND)


def states(robot: SimulatedRobot, count: int, commands: list[bytes], begin: int = 0) -> list[Image]:
    """What it reports over `count` steps in which it is told the same."""
    found = []
    for tick in range(begin, begin + count):
        found += [from_wire(state, LOW_STATE) for state in robot.step(STEP * tick, commands)]
    return found


def test_every_field_of_a_state_is_filled() -> None:
    robot = SimulatedRobot(crane_seconds=60.0)
    image = states(robot, 250, [command()])[-1]
    assert int(image["tick"]) == 500 and int(image["mode_machine"]) == 5 and int(image["mode_pr"]) == 0
    assert checksum(image) == int(image["crc"]) and image["version"].any()
    motors, imu = image["motor_state"][:29], image["imu_state"]
    assert (motors["mode"] == 1).all() and (motors["vol"] == 52.0).all()
    assert (motors["temperature"] == 40).all() and int(imu["temperature"]) == 40
    assert motors["q"] == pytest.approx(robot.body.angles, abs=1e-5)
    for field in ("dq", "ddq", "tau_est"):
        assert motors[field].any()
    assert np.linalg.norm(imu["quaternion"]) == pytest.approx(1.0, abs=1e-6)
    assert imu["accelerometer"][2] == pytest.approx(9.81, abs=1.0)
    assert np.isfinite(imu["rpy"]).all() and abs(imu["rpy"]).max() < 0.2
    assert not image["wireless_remote"].any() and not image["motor_state"]["mode"][29:].any()


def test_rpy_is_the_quaternion() -> None:
    robot = SimulatedRobot(crane_seconds=0.0)
    half = math.radians(20.0) / 2
    robot.body.data.qpos[3:7] = math.cos(half), math.sin(half), 0.0, 0.0
    image = states(robot, 1, [])[0]
    assert image["imu_state"]["rpy"][0] == pytest.approx(math.radians(20.0), abs=0.01)


def test_motors_follow_the_published_law() -> None:
    robot = SimulatedRobot(crane_seconds=60.0)
    states(robot, 300, [command()])
    before = robot.body.angles.copy(), robot.body.speeds.copy()
    states(robot, 1, [command()], begin=300)
    law = 40.0 * (DEFAULT - before[0]) - 2.0 * before[1]
    assert robot.body.torques == pytest.approx(law, abs=0.02 * abs(law).max())


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (command(crc=False), Refusal.CRC),
        (command(mode_machine=4), Refusal.MODE_MACHINE),
        (command(mode_pr=1), Refusal.MODE_PR),
        (b"", Refusal.SIZE),
    ],
)
def test_a_refused_command_is_counted_and_changes_nothing(payload: bytes, reason: Refusal) -> None:
    robot, other = SimulatedRobot(), SimulatedRobot()
    told, untold = states(robot, 20, [payload]), states(other, 20, [])
    assert robot.refused == {reason: 20} and robot.obeyed == 0 and robot.braked
    assert [state.tobytes() for state in told] == [state.tobytes() for state in untold]


def test_without_commands_it_brakes() -> None:
    robot = SimulatedRobot(crane_seconds=60.0)
    states(robot, 100, [command()])
    assert not robot.braked and robot.timeouts == 0
    patience = round(COMMAND_TIMEOUT / STEP)
    states(robot, patience - 1, [], begin=100)
    assert not robot.braked
    states(robot, 2, [], begin=100 + patience - 1)
    assert robot.braked and robot.timeouts == 1
    gains = robot.body.model.actuator_biasprm
    assert not gains[:, 1].any() and (gains[:, 2] <= -3.0).all()
    states(robot, 1, [command()], begin=101 + patience)
    assert not robot.braked


def test_equal_seeds_meet_equal_faults() -> None:
    faults = Interference(latency=0.01, jitter=0.01, loss=0.2, stale=0.2, noise=1.0)

    def run(seed: int) -> list[bytes]:
        return [state.tobytes() for state in states(SimulatedRobot(seed, faults), 60, [command()])]

    assert run(1) == run(1) != run(2)


def test_stale_states_repeat() -> None:
    found = states(SimulatedRobot(interference=Interference(stale=0.5)), 100, [])
    ticks = [int(state["tick"]) for state in found]
    assert len(ticks) == 100 and 30 < len(set(ticks)) < 70 and ticks == sorted(ticks)


def test_noise_and_weakness() -> None:
    noisy = states(SimulatedRobot(interference=Interference(noise=1.0)), 50, [])[-1]
    clean = states(SimulatedRobot(), 50, [])[-1]
    difference = abs(noisy["motor_state"]["q"] - clean["motor_state"]["q"])[:29]
    assert 0.003 < difference.max() <= 0.0101
    weak = SimulatedRobot(interference=Interference(torque=0.01), crane_seconds=60.0)
    states(weak, 20, [command()])
    assert abs(weak.body.torques).max() <= 0.01 * 139.0 + 1e-9


def test_the_crane_holds_until_the_robot_has_been_stiff_long_enough() -> None:
    robot = SimulatedRobot(crane_seconds=0.4)
    states(robot, 500, [])
    assert robot.on_crane and robot.body.pelvis_height > 0.7 and robot.body.uprightness > 0.99
    states(robot, 202, [command()], begin=500)
    assert not robot.on_crane
    states(robot, 100, [], begin=702)
    assert not robot.on_crane


@pytest.mark.parametrize(
    ("faults", "said"),
    [
        (Interference(loss=1.5), "faults.loss=1.5 is not valid: it takes 0 to 1"),
        (Interference(latency=-0.1), "faults.latency=-0.1"),
        (Interference(noise=math.nan), "faults.noise=nan"),
        (Interference(temperature=999), "faults.temperature=999"),
    ],
)
def test_settings_that_make_no_sense(faults: Interference, said: str) -> None:
    with pytest.raises(UserError, match=said):
        faults.check()
