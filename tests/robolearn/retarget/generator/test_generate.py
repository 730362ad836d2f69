"""Generated folders: the same bytes whatever was interrupted, and read by the reader of AgiBot World."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from robolearn.errors import UserError
from robolearn.retarget.generator.episode import write_script
from robolearn.retarget.generator.generate import generate
from robolearn.retarget.generator.settings import GenerateSettings
from robolearn.retarget.sources import open_source, stream
from robolearn.retarget.trajectory import HandTrajectory

EPISODES = 10


def _generated(out: Path, **changes: Any) -> dict[str, Any]:
    return generate(GenerateSettings(**{"n_episodes": EPISODES, "seed": 4, "out": str(out)} | changes))


def _digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("generated")
    _generated(out)
    return out


def test_the_summary_counts_what_is_there(whole: Path) -> None:
    summary = _generated(whole)
    episodes = [each for each in stream(open_source(whole)) if isinstance(each, HandTrajectory)]
    assert len(episodes) == summary["n_episodes"] == sum(summary["tasks"].values()) == EPISODES
    assert summary["frames"] == sum(map(len, episodes))
    assert summary["hours"] == pytest.approx(sum(each.seconds for each in episodes) / 3600)
    expected = {script.name: script.language for script in (write_script(4, i) for i in range(EPISODES))}
    assert {each.name: each.language for each in episodes} == expected


def test_the_summary_says_where_the_hands_are(whole: Path, capsys: pytest.CaptureFixture[str]) -> None:
    heights = _generated(whole)["hand_height_m"]
    episodes = [each for each in stream(open_source(whole)) if isinstance(each, HandTrajectory)]
    found = np.concatenate([each.hand_position[..., 2].ravel() for each in episodes])
    assert (heights["lowest"], heights["highest"]) == pytest.approx((found.min(), found.max()), abs=1e-6)
    assert sum(region["share"] for region in heights["regions"]) == pytest.approx(1.0)
    lowest = heights["regions"][0]
    assert lowest["share"] == pytest.approx((found < lowest["to"]).mean(), abs=1e-3)
    said = capsys.readouterr().out
    assert "10 episodes" in said and "pick from the floor" in said and f"{lowest['share']:.1%}" in said


def test_killed_anywhere_the_bytes_are_the_same(whole: Path, tmp_path: Path) -> None:
    script = Path(__file__).parents[3] / "killed_generations.py"
    # A process of its own: one that other tests gave threads must not be forked.
    result = subprocess.run(
        [sys.executable, str(script), str(tmp_path)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert len(result.stdout.split()) >= 5
    found = {path.name: _digests(path) for path in tmp_path.iterdir()}
    assert len(found) > len(result.stdout.split())
    for digests in found.values():
        assert digests == _digests(whole)


def test_an_episode_that_is_missing_is_written_again(whole: Path, tmp_path: Path) -> None:
    _generated(tmp_path)
    file = tmp_path / "proprio_stats/3/2/proprio_stats.h5"
    kept = (tmp_path / "proprio_stats/1/0/proprio_stats.h5").stat().st_mtime_ns
    file.unlink()
    _generated(tmp_path)
    assert _digests(tmp_path) == _digests(whole)
    assert (tmp_path / "proprio_stats/1/0/proprio_stats.h5").stat().st_mtime_ns == kept


def test_videos_have_a_picture_a_frame(tmp_path: Path) -> None:
    _generated(tmp_path, n_episodes=1, video=True)
    (episode,) = stream(open_source(tmp_path))
    assert isinstance(episode, HandTrajectory)
    with av.open(str(episode.videos["head_color"].path)) as container:
        pictures = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
        assert container.streams.video[0].average_rate == 30
    assert len(pictures) == len(episode)
    assert pictures[0].shape == (64, 96, 3)
    assert pictures[0].std() > 5


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"n_episodes": 0}, "n_episodes=0 is not valid"),
        ({"seed": -1}, "seed=-1 is not valid"),
        ({"seed": 2**64}, "is not valid: it takes 0 to"),
    ],
)
def test_settings_that_make_no_sense(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        _generated(tmp_path, **changes)
    assert not list(tmp_path.iterdir())


def test_folders_that_hold_something_else(whole: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="with seed=4, not seed=5: choose another out"):
        _generated(whole, seed=5)
    (tmp_path / "proprio_stats").mkdir()
    with pytest.raises(UserError, match="already holds 'proprio_stats'"):
        _generated(tmp_path)
