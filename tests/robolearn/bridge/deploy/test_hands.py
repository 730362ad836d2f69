"""Hand targets: what is refused, whose word counts, and that the hands go there."""

import numpy as np
import pytest
import torch

from deployed_robot import DeployedRobot
from envs.humanoid.hand_following import hand_follower
from robolearn.bridge.deploy.hands import HandTargets
from robolearn.bridge.messages.geometry_msgs import Point, Pose, PoseArray, Quaternion
from robolearn.bridge.messages.std_msgs import Header
from robolearn.bridge.topics import HAND_TARGETS
from robolearn.paths import shipped_checkpoint

MANAGER = shipped_checkpoint("g1_manager")
ORIGIN = np.zeros(3)
UPRIGHT = Quaternion(0.0, 0.0, 0.0, 1.0)


def targets(*poses: Pose, frame: str = "odom") -> PoseArray:
    return PoseArray(Header(frame_id=frame), list(poses))


def pose(x: float = 0.3, quaternion: Quaternion = UPRIGHT) -> Pose:
    return Pose(Point(x, 0.2, 0.8), quaternion)


@pytest.mark.parametrize(
    ("message", "complaint"),
    [
        (None, "cannot be read"),
        (targets(pose(), pose(), frame="pelvis"), "in frame 'pelvis': they are taken in 'odom'"),
        (targets(pose()), "1 hand targets: it takes 2"),
        (targets(pose(), pose(float("nan"))), "not finite"),
        (targets(pose(), pose(quaternion=Quaternion(0.0, 0.0, 0.0, 0.5))), "not of length 1"),
        (targets(pose(), pose(20.0)), "farther than 10 m"),
    ],
)
def test_bad_targets_are_refused_and_the_last_good_ones_stay(
    message: PoseArray | None, complaint: str
) -> None:
    hands = HandTargets()
    assert hands.aim(targets(pose(), pose()), ORIGIN) == ""
    before = hands.goal
    assert complaint in hands.aim(message, ORIGIN)
    assert np.array_equal(hands.goal, before)


def test_how_far_they_are_counts_from_the_robot_not_from_where_it_began() -> None:
    hands, far = HandTargets(), np.array((30.0, 0.0, 0.7))
    assert hands.aim(targets(pose(30.3), pose(30.3)), far) == ""
    assert "farther than 10 m from the pelvis" in hands.aim(targets(pose(), pose()), far)
    assert hands.aim(targets(pose(), pose()), np.full(3, np.nan)) == ""


def test_without_a_manager_they_are_refused() -> None:
    deployed = DeployedRobot(crane_seconds=60.0)
    deployed.start_policy()
    deployed.say(HAND_TARGETS, targets(pose(), pose()))
    deployed.tick()
    assert deployed.loop.snapshot is not None
    assert deployed.loop.snapshot.complaint == "hand targets without a manager: start with manager=DIR"


def hands_in_odometry(deployed: DeployedRobot) -> torch.Tensor:
    """(2, 3) [m], by kinematics from what the robot says of itself."""
    snapshot = deployed.loop.snapshot
    assert snapshot is not None
    follower = hand_follower(MANAGER)
    follower.locate(snapshot.estimate.quaternion, snapshot.estimate.joints.q)
    shift = np.append((snapshot.place - follower.pelvis)[:2], 0.0)
    return follower.hands().position[0] + torch.from_numpy(shift).float()


def test_hands_go_where_they_are_told_until_somebody_drives() -> None:
    deployed = DeployedRobot(manager=MANAGER)
    deployed.start_policy()
    deployed.run(3.0)
    assert not deployed.robot.on_crane
    goal = hands_in_odometry(deployed) + torch.tensor((0.08, 0.0, 0.08))
    left, right = (Pose(Point(*place), UPRIGHT) for place in goal.tolist())
    deployed.say(HAND_TARGETS, targets(left, right))
    deployed.run(4.0)
    assert float((hands_in_odometry(deployed) - goal).norm(dim=1).max()) < 0.01
    deployed.drive(forward=0.0)
    deployed.run(0.1)
    answer = deployed.answers.latest()
    assert answer is not None and len(answer) == 6 + 15
