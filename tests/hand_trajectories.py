"""Trajectories and AgiBot folders for tests."""

import json
from pathlib import Path

import numpy as np

from robolearn.retarget.generator.agibot_files import proprioception_bytes, task_list
from robolearn.retarget.generator.episode import Script, perform, write_script
from robolearn.retarget.sources import agibot_layout as layout
from robolearn.retarget.trajectory import HandTrajectory


def random_trajectory(frames: int, seed: int = 0, rate: float = 30.0) -> HandTrajectory:
    """Hands that jump about in the workspace, and beyond its heights."""
    stream = np.random.default_rng(seed)
    quaternion = stream.normal(size=(frames, 2, 4))
    return HandTrajectory(
        name=f"1/{seed}",
        rate=rate,
        hand_position=stream.uniform((0.2, -0.5, 0.0), (0.8, 0.5, 1.4), (frames, 2, 3)),
        hand_quaternion=quaternion / np.linalg.norm(quaternion, axis=-1, keepdims=True),
        gripper=stream.uniform(size=(frames, 2)),
        language="do something",
        videos={},
    )


def write_agibot(folder: Path, scripts: list[Script]) -> None:
    """The scripts' episodes in AgiBot World's layout."""
    for script in scripts:
        task, episode = script.name.split("/")
        file = layout.proprioception_file(folder, task, episode)
        file.parent.mkdir(parents=True)
        file.write_bytes(proprioception_bytes(perform(script)))
        listed = [each for each in scripts if each.task is script.task]
        path = layout.task_file(folder, task)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(task_list(listed))


def write_trajectories(folder: Path, trajectories: list[HandTrajectory]) -> None:
    """Trajectories named as AgiBot's are, such as 1/2, as episodes of the task 1."""
    for trajectory in trajectories:
        task, episode = trajectory.name.split("/")
        file = layout.proprioception_file(folder, task, episode)
        file.parent.mkdir(parents=True)
        file.write_bytes(proprioception_bytes(trajectory))
    entries = [
        {"episode_id": int(each.name.split("/")[1]), "task_id": 1, "task_name": each.language}
        for each in trajectories
    ]
    path = layout.task_file(folder, "1")
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(entries))


def few_scripts(count: int = 3) -> list[Script]:
    """Scripts of the same task."""
    return [write_script(5, 8 * index) for index in range(count)]
