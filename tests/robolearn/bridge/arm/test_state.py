"""Joint states and part poses, put together or refused."""

import math

import pytest

from robolearn.bridge.arm.stamps import stamped
from robolearn.bridge.arm.state import ArmReader
from robolearn.bridge.arm.topics import PART_POSES
from robolearn.bridge.message import encode
from robolearn.bridge.messages.geometry_msgs import Quaternion, Transform, TransformStamped, Vector3
from robolearn.bridge.messages.sensor_msgs import JointState
from robolearn.bridge.messages.tf2_msgs import TFMessage
from robolearn.bridge.topics import JOINT_STATES
from robolearn.bridge.transport import LoopbackNetwork

NAMES = ["finger", "b", "other", "a"]


class Scene:
    def __init__(self, lockstep: bool = False) -> None:
        self.now = 1.0
        network = LoopbackNetwork(lambda: self.now)
        self.reader = ArmReader(network.join(), "base", ("a", "b"), ("finger",), ("leg",), lockstep)
        robot = network.join()
        self._joints, self._poses = robot.publisher(JOINT_STATES), robot.publisher(PART_POSES)

    def joints(self, stamp: int, names: list[str] | None = None, angle: float = 0.4) -> None:
        positions, speeds = [0.01, 0.2, 9.0, angle], [0.0, 2.0, 9.0, 1.0]
        self._joints(encode(JointState(stamped(stamp), names or NAMES, positions, speeds)))

    def poses(self, stamp: int, frame: str = "base", name: str = "leg", w: float = 1.0) -> None:
        transform = Transform(Vector3(1.0, 2.0, 3.0), Quaternion(0.0, 0.0, 0.0, w))
        self._poses(encode(TFMessage([TransformStamped(stamped(stamp, frame), name, transform)])))


def test_by_name_in_whatever_order() -> None:
    scene = Scene()
    assert scene.reader.read() is None and scene.reader.age(1.0) == math.inf
    scene.joints(5)
    scene.poses(4)
    state = scene.reader.read()
    assert state is not None
    assert (state.stamp, state.width) == (5, 0.01)
    assert state.angles.tolist() == [0.4, 0.2] and state.speeds.tolist() == [1.0, 2.0]
    assert state.places.tolist() == [[1.0, 2.0, 3.0]] and state.turns.tolist() == [[1.0, 0.0, 0.0, 0.0]]


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda scene: scene.poses(9, frame="camera"), "a pose is in 'camera', not in 'base'"),
        (lambda scene: scene.poses(9, name="arm"), "the pose of 'leg' is missing"),
        (lambda scene: scene.poses(9, w=0.9), "the pose of 'leg' is none"),
        (lambda scene: scene.poses(9, w=math.nan), "the pose of 'leg' is none"),
        (lambda scene: scene.joints(9, names=["a", "b", "c", "d"]), "joint 'finger' is missing"),
        (lambda scene: scene.joints(9, angle=math.inf), "a joint's state is not finite"),
    ],
)
def test_what_is_of_no_use_is_counted_and_ages(spoil: object, problem: str) -> None:
    scene = Scene()
    scene.joints(5)
    scene.poses(5)
    before = scene.reader.read()
    scene.now = 2.0
    spoil(scene)  # pyright: ignore[reportCallIssue]
    assert scene.reader.read() == before or scene.reader.read() is not None
    assert scene.reader.damaged == 1 and scene.reader.problem == problem
    assert scene.reader.age(2.0) == 1.0


def test_the_older_of_both_counts_and_repetitions_do_not() -> None:
    scene = Scene()
    scene.joints(5)
    scene.poses(5)
    scene.reader.read()
    scene.now = 1.5
    scene.joints(6)
    scene.poses(5)
    scene.reader.read()
    assert scene.reader.age(1.6) == pytest.approx(0.6)
    assert scene.reader.repeated == 1


def test_stamps_must_meet_in_lock_step() -> None:
    scene = Scene(lockstep=True)
    scene.joints(5)
    scene.poses(4)
    assert scene.reader.read() is None
    scene.poses(5)
    state = scene.reader.read()
    assert state is not None and state.stamp == 5
