"""Trajectories as the files that AgiBot World publishes. Equal trajectories give equal bytes."""

import json
from collections.abc import Iterable
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from robolearn.retarget.generator.episode import Script
from robolearn.retarget.quaternions import w_last
from robolearn.retarget.sources import agibot_layout as layout
from robolearn.retarget.trajectory import HandTrajectory


def proprioception_bytes(trajectory: HandTrajectory) -> bytes:
    """An episode's HDF5, numbers in float32; the base stands still."""
    frames = len(trajectory)
    opening = layout.OPEN_MM + trajectory.gripper * (layout.CLOSED_MM - layout.OPEN_MM)
    fields = {
        layout.POSITION: trajectory.hand_position,
        layout.ORIENTATION: w_last(trajectory.hand_quaternion),
        layout.GRIPPER_ACTION: trajectory.gripper,
        layout.GRIPPER_STATE: opening,
        layout.BASE_POSITION: np.zeros((frames, 3)),
    }
    stamps = np.round(np.arange(frames) * (1e9 / trajectory.rate)).astype(np.int64)
    single = {name: values.astype(np.float32) for name, values in fields.items()}
    return _hdf5({layout.TIMESTAMP: stamps, **single})


def _hdf5(fields: dict[str, NDArray[Any]]) -> bytes:
    with h5py.File("episode", "w", driver="core", backing_store=False) as file:
        for name, values in fields.items():
            file.create_dataset(name, data=values)
        file.flush()
        return file.id.get_file_image()


def task_list(scripts: Iterable[Script]) -> bytes:
    """A task's list of episodes, with what the robot is told in each."""
    entries = [
        {"episode_id": script.index, "task_id": script.task.number, "task_name": script.language}
        for script in scripts
    ]
    return (json.dumps(entries, indent=1) + "\n").encode()
