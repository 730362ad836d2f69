"""A contract says everything about a controller, and every mistake in one is a line that names it."""

from pathlib import Path
from typing import Any

import pytest

from envs.humanoid.specification import worker_spec
from onnx_controllers import CONTRACT, FRAME, JOINTS, OBSERVED, controller
from robolearn.errors import UserError
from robolearn.policies.worker.onnx_contract import OnnxContract, read_contract

SPEC = worker_spec("legs_and_waist", 1000)


def read(folder: Path, **changes: Any) -> OnnxContract:
    return read_contract(controller(folder, **changes), SPEC)


def test_everything_is_read(tmp_path: Path) -> None:
    contract = read(tmp_path, standing_below=0.05)
    assert contract.joints == tuple(JOINTS) and contract.observed_joints == tuple(OBSERVED)
    assert contract.stiffness["left_hip_pitch_joint"] == 151.0
    assert contract.damping["waist_pitch_joint"] == 4.5
    assert contract.scales["gyro"] == (0.5, 0.5, 0.5) and contract.scales["command"] == (2.0, 2.0, 0.25)
    assert contract.scales["gravity"] == (1.0, 1.0, 1.0)
    assert contract.targets == {"roll": 0.0, "pitch": 0.12, "yaw": 0.0}
    assert (contract.history, contract.newest_first, contract.standing_below) == (2, False, 0.05)
    assert contract.limits.yaw_rate == 1.57 and contract.limits.speed == float("inf")
    assert contract.frame_size == FRAME


def test_entries_that_may_be_left_out(tmp_path: Path) -> None:
    contract = read(tmp_path, scales=None, targets=None)
    assert set(contract.scales["command"]) == {1.0} and set(contract.targets.values()) == {0.0}
    assert contract.standing_below is None


LIMITS = {**CONTRACT["limits"], "speed": 0.5}


def test_a_limit_of_the_planar_speed(tmp_path: Path) -> None:
    assert read(tmp_path, limits=LIMITS).limits.speed == 0.5


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": "robolearn checkpoint 1"}, "has format 'robolearn checkpoint 1', expected"),
        ({"histroy": 2}, "unknown entry in .*'histroy': valid are .*did you mean 'history'"),
        ({"damping": None}, "lacks 'damping'"),
        ({"inputs": ["gyro", "gravty"]}, "unknown input in .*'gravty'.*did you mean 'gravity'"),
        ({"inputs": ["gyro", "gyro"]}, "inputs names 'gyro' twice"),
        ({"inputs": "gyro"}, "inputs is 'gyro', expected a list of names"),
        ({"inputs": [["gyro"]]}, r"unknown input in .*\['gyro'\]"),
        ({"joints": ["left_knee"]}, "unknown joint in .*joints 'left_knee'.*'left_knee_joint'"),
        ({"joints": ["left_elbow_joint"]}, "unknown joint in .*joints 'left_elbow_joint'"),
        ({"observed_joints": ["tail_joint"]}, "unknown joint in .*observed_joints 'tail_joint'"),
        ({"stiffness": {"left_knee_joint": 1.0}}, "stiffness lacks 'left_hip_pitch_joint'"),
        ({"stiffness": {**CONTRACT["stiffness"], "knee": 1.0}}, "unknown entry in .*stiffness 'knee'"),
        ({"stiffness": 100.0}, "stiffness is 100.0, expected an object"),
        (
            {"damping": {**CONTRACT["damping"], "left_knee_joint": "4"}},
            "left_knee_joint is '4', expected a num",
        ),
        ({"action_scale": float("nan")}, "action_scale is nan, expected a number"),
        ({"action_scale": True}, "action_scale is True, expected a number"),
        ({"default_angles": {}}, "default_angles lacks"),
        ({"scales": {"gryo": 1.0}}, "unknown entry in .*scales 'gryo'.*did you mean 'gyro'"),
        ({"scales": {"command": [1.0, 2.0]}}, "scales.command has 2 numbers, the input has 3 entries"),
        ({"targets": {"pitsch": 0.1}}, "unknown entry in .*targets 'pitsch'.*did you mean 'pitch'"),
        ({"history": 0}, "history is 0, expected a whole number of at least 1"),
        ({"history": 1.5}, "history is 1.5, expected a whole number"),
        ({"history_order": "newest"}, "unknown value of .*'newest'.*did you mean 'newest_first'"),
        ({"limits": {"forward": 1.0}}, "limits lacks 'backward'"),
        ({"standing_below": "never"}, "standing_below is 'never', expected a number"),
    ],
)
def test_mistakes_are_one_line(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message) as caught:
        read(tmp_path, **changes)
    assert "\n" not in str(caught.value) and "contract.json" in str(caught.value)


@pytest.mark.parametrize("text", ["", "[1, 2]", '{"format": '])
def test_a_file_that_is_no_contract(tmp_path: Path, text: str) -> None:
    (tmp_path / "contract.json").write_text(text)
    with pytest.raises(UserError, match=r"contract\.json"):
        read_contract(tmp_path, SPEC)
