"""Cuts of videos: the same pictures, from time 0 on, without encoding; and what cannot be cut."""

from pathlib import Path

import numpy as np
import pytest

from retargeted_fakes import read_pictures, write_pictures
from robolearn.errors import UserError
from robolearn.retarget.output.cut import copy_cut, find_cut
from robolearn.retarget.output.pictures import picture_histogram
from robolearn.retarget.sources.refusal import Fault
from robolearn.retarget.trajectory import Clip

PLAIN = {"g": "6", "bf": "0", "sc_threshold": "0"}
WITH_B_FRAMES = {"g": "6", "bf": "2", "sc_threshold": "0"}
OPEN_GROUPS = WITH_B_FRAMES | {"x264-params": "open-gop=1"}


@pytest.mark.parametrize("options", [PLAIN, WITH_B_FRAMES, OPEN_GROUPS])
@pytest.mark.parametrize(("first", "frames"), [(0, 30), (0, 12), (12, 14), (18, 12)])
def test_pictures_are_those_of_the_source(
    tmp_path: Path, options: dict[str, str], first: int, frames: int
) -> None:
    source = write_pictures(tmp_path / "source.mp4", 30, options)
    cut = find_cut(Clip(source, first / 30), frames / 30)
    copy_cut(cut, tmp_path / "new" / "cut.mp4")
    assert (cut.rate, cut.width, cut.height, cut.codec, cut.pixel_format) == (30.0, 32, 32, "h264", "yuv420p")
    assert (cut.frames, cut.whole) == (frames, frames == 30)
    _, expected = read_pictures(source)
    times, found = read_pictures(tmp_path / "new/cut.mp4")
    np.testing.assert_allclose(times, np.arange(len(times)) / 30, atol=1e-9)
    assert len(found) >= frames
    np.testing.assert_array_equal(found[:frames], expected[first : first + frames])
    if cut.whole:
        assert (tmp_path / "new/cut.mp4").read_bytes() == source.read_bytes()


def test_equal_cuts_are_equal_bytes(tmp_path: Path) -> None:
    cut = find_cut(Clip(write_pictures(tmp_path / "source.mp4", 20, PLAIN), 0.2), 0.4)
    for name in ("a.mp4", "b.mp4"):
        copy_cut(cut, tmp_path / name)
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


def test_an_episode_may_end_some_pictures_after_its_video(tmp_path: Path) -> None:
    clip = Clip(write_pictures(tmp_path / "source.mp4", 20, PLAIN))
    assert find_cut(clip, 23 / 30).frames == 20
    with pytest.raises(Fault, match="has 20 pictures from 0 s on, the episode lasts 24"):
        find_cut(clip, 24 / 30)


def test_the_rounding_of_an_episodes_length_takes_no_picture_more(tmp_path: Path) -> None:
    clip = Clip(write_pictures(tmp_path / "source.mp4", 20, PLAIN))
    assert find_cut(clip, 0.1 + 0.2).frames == 9


def test_what_cannot_be_cut(tmp_path: Path) -> None:
    source = write_pictures(tmp_path / "source.mp4", 20, PLAIN)
    with pytest.raises(Fault, match=r"has no key frame at 0\.1 s, where the episode begins"):
        find_cut(Clip(source, 0.1), 0.3)
    with pytest.raises(Fault, match="has 0 pictures from 7 s on, the episode lasts 9"):
        find_cut(Clip(source, 7.0), 0.3)
    with pytest.raises(Fault, match=r"has no picture at -0\.2 s"):
        find_cut(Clip(source, -0.2), 0.3)
    uneven = write_pictures(tmp_path / "uneven.mp4", 6, PLAIN, [0, 1, 2, 4, 5, 6])
    with pytest.raises(Fault, match=r"has picture 3 \+33\.33 ms off the rhythm of 30 Hz"):
        find_cut(Clip(uneven), 0.2)
    with pytest.raises(Fault, match="fewer than two pictures"):
        find_cut(Clip(write_pictures(tmp_path / "one.mp4", 1, PLAIN)), 0.2)
    (tmp_path / "text.mp4").write_text("no video")
    for name in ("text.mp4", "nowhere.mp4"):
        with pytest.raises(Fault, match=r"cannot be read: [A-Z]"):
            find_cut(Clip(tmp_path / name), 0.3)


def test_a_source_that_is_gone(tmp_path: Path) -> None:
    cut = find_cut(Clip(write_pictures(tmp_path / "source.mp4", 20, PLAIN), 0.2), 0.4)
    Path(cut.path).unlink()
    with pytest.raises(UserError, match=r"source\.mp4 is missing"):
        copy_cut(cut, tmp_path / "new.mp4")


@pytest.mark.parametrize("options", [PLAIN, WITH_B_FRAMES])
def test_statistics_look_at_the_key_frames(tmp_path: Path, options: dict[str, str]) -> None:
    source = write_pictures(tmp_path / "source.mp4", 30, options)
    cut = find_cut(Clip(source, 0.4), 14 / 30)
    _, pictures = read_pictures(source)
    expected = [np.bincount(pictures[[12, 18, 24], ..., each].ravel(), minlength=256) for each in range(3)]
    assert len(cut.pictures) == 3
    np.testing.assert_array_equal(picture_histogram(cut), expected)
