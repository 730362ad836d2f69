"""What a folder is."""

from pathlib import Path

import pytest

from hand_trajectories import few_scripts, random_trajectory, write_agibot
from lerobot_hands import write_version_2
from robolearn.errors import UserError
from robolearn.retarget.sources import open_source


def test_folders_are_recognised(tmp_path: Path) -> None:
    write_agibot(tmp_path / "one", few_scripts(1))
    write_version_2(tmp_path / "two", [random_trajectory(5)])
    assert open_source(tmp_path / "one").kind == "AgiBot World"
    assert open_source(str(tmp_path / "two")).kind == "LeRobot"


def test_what_is_no_source(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"source .*nowhere does not exist"):
        open_source(tmp_path / "nowhere")
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="is a file: expected a folder"):
        open_source(tmp_path / "file")
    with pytest.raises(UserError, match=r"neither an AgiBot World folder .* nor a LeRobot dataset"):
        open_source(tmp_path)


def test_the_folder_above_a_source(tmp_path: Path) -> None:
    write_agibot(tmp_path / "one", few_scripts(1))
    with pytest.raises(UserError, match=r"did you mean .*/one\?"):
        open_source(tmp_path)
