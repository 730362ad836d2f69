"""The loops in real time, without DDS and without a policy's process."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rosbags.rosbag2 import Reader

from deployed_robot import QUICK, WORKER
from envs.humanoid.deployment import g1_profile
from envs.sim_robot.robot import SimulatedRobot
from robolearn.bridge.deploy.ports import Slot
from robolearn.bridge.deploy.profile import owned_joints
from robolearn.bridge.deploy.recording import Recorder
from robolearn.bridge.deploy.runner import Deployment
from robolearn.bridge.deploy.settings import DeploySettings
from robolearn.bridge.errors import BridgeError
from robolearn.bridge.images import LOW_COMMAND, from_wire
from robolearn.bridge.message import encode
from robolearn.bridge.messages.std_msgs import String
from robolearn.bridge.sim_robot import Served
from robolearn.bridge.topics import LOW_COMMANDS, MODE
from robolearn.bridge.transport import LoopbackNetwork
from robolearn.checkpoint import load_checkpoint
from robolearn.errors import StorageError, UserError

SAFETY = replace(QUICK, damp_time=0.2, state_age=0.5, tick=5.0)
"""Patient, since machines that run tests may be busy; and quick to leave."""


class SilentPolicy:
    """One that never answers."""

    def __init__(self) -> None:
        self.port, self.pid, self.alive = Slot(), 1, True


class Hung:
    """A simulated robot that hangs from its crane and answers in a thread of its own."""

    def __init__(self, network: LoopbackNetwork) -> None:
        self.robot = SimulatedRobot(crane_seconds=60.0)
        self._served, self._end = Served(self.robot, network.join()), threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while not self._end.wait(0.004):
            self._served.step(time.monotonic())

    def stop(self) -> None:
        self._end.set()
        self._thread.join()


@pytest.fixture
def network() -> Iterator[LoopbackNetwork]:
    made = LoopbackNetwork()
    hung = Hung(made)
    yield made
    hung.stop()


def deployment(network: LoopbackNetwork, out: Path, **settings: Any) -> Deployment:
    profile = g1_profile()
    chosen = DeploySettings(checkpoint=str(WORKER), out=str(out), heartbeat=False, **settings)
    owned = owned_joints(load_checkpoint(WORKER), profile)
    return Deployment(chosen, network.join(), profile, owned, SilentPolicy(), SAFETY)


def test_a_run_ends_braked_and_is_recorded(network: LoopbackNetwork, tmp_path: Path) -> None:
    run = deployment(network, tmp_path, seconds=0.5)
    operator = network.join()
    ask = threading.Timer(0.2, lambda: operator.publisher(MODE)(encode(String("stand"))))
    ask.start()
    run.run()
    ask.join()
    summary = run.summary()
    assert [change["mode"] for change in summary["transitions"]] == ["stand", "damp"]
    assert summary["reason"] == "shutdown" and summary["mode"] == "damp"
    assert summary["command_loop"]["ticks"] > 20 and summary["commands_sent"] > 20
    assert 0.0 < summary["command_loop"]["cpu_share"] < summary["cpu_share"]
    assert json.loads(json.dumps(summary)) == summary
    with Reader(Path(summary["bag"])) as reader:
        counts = {link.topic: link.msgcount for link in reader.connections}
    assert counts[LOW_COMMANDS.name] == summary["commands_sent"]
    assert counts["/lowstate"] > 20 and counts["/joint_states"] > 3 and counts["/robolearn/mode"] == 1


def test_a_command_loop_that_fails_leaves_the_robot_braked(network: LoopbackNetwork, tmp_path: Path) -> None:
    run = deployment(network, tmp_path, record=False)
    listener = network.join().mailbox(LOW_COMMANDS)
    healthy = run._loop.tick

    def tick(now: float) -> None:
        if run._loop.sent > 30:
            raise RuntimeError("on purpose")
        healthy(now)

    run._loop.tick = tick
    with pytest.raises(RuntimeError, match="on purpose"):
        run.run()
    assert run.summary()["errors"] == ["RuntimeError: on purpose"]
    arrival = listener.last
    assert arrival is not None and arrival.number > 31 + 0.2 * SAFETY.damp_time / 0.002
    motors = from_wire(arrival.payload, LOW_COMMAND)["motor_cmd"][:29]
    assert not motors["kp"].any() and (motors["kd"] >= 3.0).all()


def test_a_publisher_that_refuses_once_does_not_keep_the_robot_from_being_braked(
    network: LoopbackNetwork, tmp_path: Path
) -> None:
    run = deployment(network, tmp_path, record=False)
    listener = network.join().mailbox(LOW_COMMANDS)
    healthy, refusals = run._loop._publish, iter([True, True])
    assert healthy is not None

    def publish(payload: bytes) -> None:
        if run._loop.sent > 30 and next(refusals, False):
            raise BridgeError("on purpose")
        healthy(payload)

    run._loop._publish = publish
    with pytest.raises(BridgeError, match="on purpose"):
        run.run()
    arrival = listener.last
    assert arrival is not None and arrival.number > 31 + 0.2 * SAFETY.damp_time / 0.002


def test_a_disk_that_fails_ends_the_recording_and_not_the_run(
    network: LoopbackNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flush(recorder: Recorder) -> None:
        raise StorageError("cannot write bag: No space left on device")

    monkeypatch.setattr(Recorder, "flush", flush)
    run = deployment(network, tmp_path, seconds=0.3)
    run.run()
    summary = run.summary()
    assert summary["errors"] == [] and summary["reason"] == "shutdown"
    assert summary["recording_error"] == "cannot write bag: No space left on device"


def test_an_observer_that_fails_ends_the_run_braked(network: LoopbackNetwork, tmp_path: Path) -> None:
    run = deployment(network, tmp_path, record=False)

    def tick(now: float) -> None:
        raise RuntimeError("on purpose")

    run._telemetry.tick = tick
    with pytest.raises(RuntimeError, match="on purpose"):
        run.run()
    assert run._loop.situation.mode.value == "damp"


def test_a_priority_that_the_system_refuses(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="priority=1000 is refused by the system"):
        deployment(LoopbackNetwork(), tmp_path, record=False, priority=1000).run()


def test_without_a_robot_there_is_nothing_to_brake(tmp_path: Path) -> None:
    run = deployment(LoopbackNetwork(), tmp_path, record=False, seconds=0.05)
    run.run()
    summary = run.summary()
    assert summary["commands_sent"] == 0 and summary["seconds"] < 2.0
