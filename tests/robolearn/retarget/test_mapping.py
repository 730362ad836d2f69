"""The published facts of the mapping, and the file that carries it."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from hand_trajectories import random_trajectory
from robolearn.errors import UserError
from robolearn.retarget.mapping import (
    WorkspaceMapping,
    aligned_ahead,
    fitted_mapping,
    load_mapping,
    map_to_g1,
    mapping_from_json,
    save_mapping,
)
from robolearn.retarget.reach import Stretch
from robolearn.retarget.resampling import resample
from robolearn.retarget.statistics import G1_FORWARD, ForwardStatistics, fit_forward

few = settings(max_examples=30)
SOURCE = ForwardStatistics(mean=0.5, std=0.1)
MAPPING = WorkspaceMapping(SOURCE)


@few
@given(st.lists(st.integers(2, 50), min_size=1, max_size=5), st.integers(0, 100))
def test_x_gets_the_targets_mean_and_spread(lengths: list[int], seed: int) -> None:
    trajectories = [random_trajectory(length, seed + place) for place, length in enumerate(lengths)]
    ahead = np.concatenate([each.hand_position[..., 0] for each in trajectories])
    statistics = fit_forward(trajectories)
    assert statistics.mean == pytest.approx(ahead.mean(), rel=1e-12)
    assert statistics.std == pytest.approx(ahead.std(), rel=1e-9)
    mapped = aligned_ahead(ahead, WorkspaceMapping(statistics))
    assert mapped.mean() == pytest.approx(G1_FORWARD.mean, abs=1e-9)
    assert mapped.std() == pytest.approx(G1_FORWARD.std, abs=1e-9)


@few
@given(st.integers(2, 40), st.integers(0, 100))
def test_y_is_scaled_and_z_is_clipped(frames: int, seed: int) -> None:
    before = resample(random_trajectory(frames, seed), 50.0).hand_position
    mapped = map_to_g1(random_trajectory(frames, seed), MAPPING)
    after = mapped.trajectory.hand_position
    np.testing.assert_array_equal(after[..., 1], before[..., 1] * 0.6667)
    np.testing.assert_array_equal(after[..., 2], before[..., 2].clip(0.15, 1.25))
    np.testing.assert_allclose(after[..., 0], 0.28 + 0.7 * (before[..., 0] - 0.5), atol=1e-12)
    beyond = (before[..., 2] < 0.15) | (before[..., 2] > 1.25)
    marked = np.zeros_like(beyond)
    for stretch in mapped.clipped:
        marked[stretch.first : stretch.end, ["left", "right"].index(stretch.hand)] = True
    np.testing.assert_array_equal(marked, beyond)


def test_everything_else_stays() -> None:
    before = random_trajectory(30)
    after = map_to_g1(before, MAPPING).trajectory
    assert (after.name, after.language, after.rate, len(after)) == (before.name, before.language, 50.0, 50)
    np.testing.assert_array_equal(after.hand_quaternion, resample(before, 50.0).hand_quaternion)


@few
@given(st.integers(0, 1000))
def test_the_wrist_is_turned_in_the_flange(seed: int) -> None:
    offset = Rotation.random(rng=np.random.default_rng(seed))
    mapping = replace(MAPPING, flange_to_wrist=offset.as_quat(scalar_first=True).tolist())
    flange = map_to_g1(random_trajectory(5, seed), MAPPING).trajectory.hand_quaternion.reshape(-1, 4)
    wrist = map_to_g1(random_trajectory(5, seed), mapping).trajectory.hand_quaternion.reshape(-1, 4)
    expected = (Rotation.from_quat(flange, scalar_first=True) * offset).as_matrix()
    np.testing.assert_allclose(Rotation.from_quat(wrist, scalar_first=True).as_matrix(), expected, atol=1e-9)


def test_stretches_out_of_reach_are_reported() -> None:
    position = np.tile([[0.5, 0.2, 0.8], [0.5, -0.2, 0.8]], (30, 1, 1))
    position[:, 1, 0] = np.linspace(0.5, 1.2, 30)
    unreachable = map_to_g1(replace(random_trajectory(30), hand_position=position), MAPPING).unreachable
    (stretch,) = unreachable
    assert (stretch.hand, stretch.end) == ("right", 50)
    assert 5 < stretch.first < 45
    assert stretch.to_json() == {"hand": "right", "first": stretch.first, "end": 50}
    assert stretch == Stretch("right", stretch.first, 50)


def test_statistics_of_nothing_and_of_hands_that_stand_still() -> None:
    with pytest.raises(UserError, match="nothing to fit"):
        fit_forward([])
    still = replace(random_trajectory(3), hand_position=np.ones((3, 2, 3)))
    with pytest.raises(UserError, match=r"x of the source's hands\.std is 0\.0"):
        fit_forward([still, still])


def test_the_mapping_comes_back_from_disk(tmp_path: Path) -> None:
    mapping = replace(MAPPING, flange_to_wrist=[0.6, 0.0, 0.8, 0.0])
    save_mapping(tmp_path / "mapping.json", mapping)
    assert load_mapping(tmp_path / "mapping.json") == mapping


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": "another"}, "has format 'another'"),
        ({"side": 1.0}, "unknown entry in mapping.json 'side'.*did you mean 'side_scale'"),
        ({"source": {"mean": 0.5}}, "mapping.json.source lacks 'std'"),
        ({"source": {"mean": 0.5, "std": 0.0}}, "mapping.json.source.std is 0.0"),
        ({"target": {"mean": float("nan"), "std": 0.1}}, "mapping.json.target.mean is nan"),
        ({"side_scale": "1"}, "side_scale is '1', expected float"),
        ({"side_scale": -1.0}, "mapping.json.side_scale is -1.0, expected more than 0"),
        ({"rate": 30.0}, "mapping.json.rate is 30.0, expected 50"),
        ({"lowest": 2.0}, "lowest is 2.0, expected less than highest, 1.25"),
        ({"flange_to_wrist": [1.0, 0.0, 0.0]}, "expected a unit quaternion"),
        ({"flange_to_wrist": [1.0, 0.0, 1.0, 0.0]}, "expected a unit quaternion"),
        ({"flange_to_wrist": [float("nan"), 0.0, 0.0, 0.0]}, "expected a unit quaternion"),
    ],
)
def test_a_foreign_mapping_is_refused(changes: dict[str, Any], message: str) -> None:
    content = json.loads(json.dumps(MAPPING.to_json() | changes))
    with pytest.raises(UserError, match=message):
        mapping_from_json(content, "mapping.json")


def test_a_mapping_that_was_fitted_to_another_source_does_not_count(tmp_path: Path) -> None:
    path = tmp_path / "mapping.json"
    assert fitted_mapping(path, "one") is None
    save_mapping(path, MAPPING, "one")
    assert fitted_mapping(path, "one") == MAPPING == load_mapping(path)
    assert fitted_mapping(path, "another") is None
