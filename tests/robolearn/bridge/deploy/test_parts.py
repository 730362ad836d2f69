"""The small parts of the command loop."""

import math

import numpy as np
import pytest

from envs.humanoid.deployment import g1_profile
from robolearn.bridge.deploy.estimate import StateReader
from robolearn.bridge.deploy.operator import Operator
from robolearn.bridge.deploy.periods import Periods
from robolearn.bridge.deploy.ports import socket_ports
from robolearn.bridge.deploy.steering import Steering
from robolearn.bridge.images import LOW_STATE, seal, to_wire
from robolearn.bridge.message import encode
from robolearn.bridge.messages.geometry_msgs import Twist, Vector3
from robolearn.bridge.messages.std_msgs import Bool, String
from robolearn.bridge.safety.inputs import Request
from robolearn.bridge.topics import EMERGENCY_STOP, MODE, VELOCITY_COMMANDS
from robolearn.bridge.transport import LoopbackNetwork, Mailbox


def state(tick: int, pitch: float = 0.0, crc: bool = True, angle: float = 0.0) -> bytes:
    image = LOW_STATE.blank()
    image["tick"] = tick % 2**32
    image["imu_state"]["quaternion"] = math.cos(pitch / 2), 0.0, math.sin(pitch / 2), 0.0
    image["motor_state"]["q"][3] = angle
    seal(image)
    if not crc:
        image["crc"] ^= 1
    return to_wire(image, LOW_STATE)


class TestStateReader:
    def setup_method(self) -> None:
        self.now = 1.0
        self.box = Mailbox(lambda: self.now)
        self.reader = StateReader(self.box, 29)

    def take(self, payload: bytes, now: float) -> None:
        self.now = now
        self.box.put(payload)
        self.reader.read()

    def test_nothing_is_known_at_first(self) -> None:
        assert self.reader.read() is None and self.reader.age(9.0) == math.inf

    def test_repeated_damaged_and_old_messages_do_not_make_it_younger(self) -> None:
        self.take(state(10), 2.0)
        for payload in (state(10), state(12, crc=False), b"noise", state(8)):
            self.take(payload, 3.0)
        assert self.reader.age(3.0) == 1.0
        assert (self.reader.damaged, self.reader.repeated) == (2, 2)
        self.take(state(12), 4.0)
        assert self.reader.age(4.0) == 0.0

    @pytest.mark.parametrize("angle", [math.nan, math.inf, 1e6])
    def test_a_joint_that_cannot_be_there_makes_a_message_damaged(self, angle: float) -> None:
        self.take(state(10), 2.0)
        self.take(state(12, angle=angle), 3.0)
        assert self.reader.age(3.0) == 1.0 and self.reader.damaged == 1

    def test_what_comes_while_a_tick_is_at_work_is_new(self) -> None:
        self.take(state(10), 2.0)
        assert self.reader.age(2.0 - 0.001) == 0.0
        assert self.reader.age(1.0) == -1.0

    def test_the_robots_clock_may_start_again(self) -> None:
        self.take(state(2**32 - 2), 2.0)
        self.take(state(2**32), 3.0)
        assert self.reader.age(3.0) == 0.0 and self.reader.repeated == 0

    @pytest.mark.parametrize("pitch", [0.0, 0.5, -1.2, 2.0])
    def test_gravity_and_tilt(self, pitch: float) -> None:
        self.take(state(1, pitch), 2.0)
        estimate = self.reader.read()
        assert estimate is not None and estimate.tilt == pytest.approx(abs(pitch), abs=1e-6)
        assert estimate.gravity == pytest.approx([math.sin(pitch), 0.0, -math.cos(pitch)], abs=1e-6)

    def test_an_orientation_that_is_none_is_not_upright(self) -> None:
        image = LOW_STATE.blank()
        seal(image)
        with np.errstate(invalid="ignore"):
            self.take(to_wire(image, LOW_STATE), 2.0)
            estimate = self.reader.read()
            assert estimate is not None and math.isnan(estimate.tilt)


class TestSteering:
    def setup_method(self) -> None:
        self.profile = g1_profile()
        self.steering = Steering(self.profile)

    def test_velocities_stay_within_what_the_worker_knows(self) -> None:
        command = self.steering.command(np.array([9.0, -9.0, 9.0, 0.0]), 0.02)
        limits = self.profile.velocity
        assert command[:3].tolist() == [limits.forward, -limits.sideways, limits.yaw_rate]
        assert self.steering.command(np.array([-9.0, 0.0, 0.0, 0.0]), 0.02)[0] == limits.backward

    def test_the_height_moves_and_stays(self) -> None:
        down = np.array([0.0, 0.0, 0.0, -0.2])
        assert self.steering.command(down, 0.5)[3] == pytest.approx(self.profile.height - 0.1)
        assert self.steering.command(np.zeros(4), 0.5)[3] == pytest.approx(self.profile.height - 0.1)
        assert self.steering.command(10 * down, 5.0)[3] == self.profile.lowest
        assert self.steering.command(-10 * down, 5.0)[3] == self.profile.highest
        self.steering.command(down, 1.0)
        self.steering.reset()
        assert self.steering.height == self.profile.height


def test_operators_who_say_what_is_no_number_or_no_mode() -> None:
    network = LoopbackNetwork(lambda: 3.0)
    ours, theirs = network.join(), network.join()
    operator = Operator(ours, heartbeat=True)
    theirs.publisher(VELOCITY_COMMANDS)(encode(Twist(Vector3(math.nan, 0.0, 0.0), Vector3())))
    theirs.publisher(MODE)(b"noise")
    wishes = operator.read(3.0)
    assert operator.twist(3.0).tolist() == [0.0] * 4 and wishes.request is Request.NONE
    assert wishes.complaint and wishes.heartbeat_age == math.inf and len(wishes.arrivals) == 2
    assert operator.read(3.0).arrivals == ()


def test_a_short_press_of_the_emergency_stop_counts() -> None:
    network = LoopbackNetwork(lambda: 3.0)
    ours, theirs = network.join(), network.join()
    operator = Operator(ours, heartbeat=False)
    for pressed in (True, False):
        theirs.publisher(EMERGENCY_STOP)(encode(Bool(pressed)))
    wishes = operator.read(3.0)
    assert wishes.emergency_stop and len(wishes.arrivals) == 2
    assert not operator.read(3.0).emergency_stop


def test_braking_comes_before_what_is_asked_for_after_it() -> None:
    network = LoopbackNetwork(lambda: 3.0)
    ours, theirs = network.join(), network.join()
    operator = Operator(ours, heartbeat=False)
    for mode in ("damp", "hold", "nonsense"):
        theirs.publisher(MODE)(encode(String(mode)))
    assert operator.read(3.0).request is Request.DAMP
    for mode in ("stand", "hold"):
        theirs.publisher(MODE)(encode(String(mode)))
    assert operator.read(3.0).request is Request.HOLD


def test_periods_and_what_was_missed() -> None:
    periods = Periods(0.002)
    assert periods.summary() == {"ticks": 0, "missed": 0}
    for now in (0.0, 0.002, 0.004, 0.0065, 0.0125):
        periods.tick(now)
    found = periods.summary()
    assert found["ticks"] == 4 and found["missed"] == 2
    assert found["period_worst_ms"] == pytest.approx(6.0) and 2.0 <= found["period_p50_ms"] <= 2.5


def test_quantiles_are_of_all_periods_however_many() -> None:
    periods = Periods(0.002)
    steps = np.concatenate((np.full(98_000, 0.002), np.full(1_900, 0.003), np.full(100, 0.5)))
    for now in np.cumsum(steps).tolist():
        periods.tick(now)
    found = periods.summary()
    assert found["period_p50_ms"] == pytest.approx(2.0, abs=0.02)
    assert found["period_p99_ms"] == pytest.approx(3.0, abs=0.02)
    assert found["period_worst_ms"] == pytest.approx(500.0)


def test_the_share_of_a_core_is_the_thread_s_own() -> None:
    spent = iter((7.0, 7.005, 7.015))
    periods = Periods(0.002, lambda: next(spent))
    for tick in range(120):
        periods.tick(1.0 + 0.002 * tick)
    assert periods.cpu_share == pytest.approx(0.075, rel=0.02)
    assert periods.summary()["cpu_share"] == pytest.approx(0.075, rel=0.02)


def test_socket_ports_keep_the_newest_and_never_wait() -> None:
    one, other = socket_ports()
    assert other.latest() is None
    for value in (1.0, 2.0, 3.0):
        one.put(np.array([value]))
    for _ in range(2):
        newest = other.latest()
        assert newest is not None and newest.tolist() == [3.0]
    for _ in range(10_000):
        one.put(np.zeros(70))
    assert other.latest() is not None
