"""Where AgiBot World keeps what: folders and fields as its dataset card describes them.

Orientations are stored with w last, unlike anywhere else in this project: the reader turns them once.
"""

from pathlib import Path
from typing import Final

PROPRIOCEPTION: Final = "proprio_stats"
OBSERVATIONS: Final = "observations"
TASK_INFORMATION: Final = "task_info"

TIMESTAMP: Final = "timestamp"
"""(N,) integers [ns]."""
POSITION: Final = "state/end/position"
"""(N, 2, 3) [m], left then right."""
ORIENTATION: Final = "state/end/orientation"
"""(N, 2, 4), w last."""
GRIPPER_ACTION: Final = "action/effector/position"
"""(N, 2), 0 open to 1 closed; with dexterous hands (N, 12) [rad]."""
GRIPPER_STATE: Final = "state/effector/position"
"""(N, 2) opening [mm]; with dexterous hands (N, 12) [rad]."""
BASE_POSITION: Final = "state/robot/position"
"""(N, 3) [m], in most episodes constant; may be missing."""

OPEN_MM: Final = 120.0
CLOSED_MM: Final = 35.0
"""Ends of what third parties find in the gripper's state [mm]; the card gives no range."""

FINGERS: Final = 6
"""Joints of a dexterous hand, of which there are two."""
FIST: Final = 1.5
"""Mean angle of a hand's joints that counts as closed [rad]: chosen, as the card gives no range."""


def proprioception_file(folder: Path, task: str, episode: str) -> Path:
    """An episode's HDF5."""
    return folder / PROPRIOCEPTION / task / episode / "proprio_stats.h5"


def video_folder(folder: Path, task: str, episode: str) -> Path:
    """Where an episode's videos are, one file for each camera."""
    return folder / OBSERVATIONS / task / episode / "videos"


def task_file(folder: Path, task: str) -> Path:
    """The list of a task's episodes, with what the robot was told."""
    return folder / TASK_INFORMATION / f"task_{task}.json"
