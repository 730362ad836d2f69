"""Compares what LeRobot reads of a dataset with what the dataset says it holds: `check.py DATASET`.

Runs in LeRobot's own environment. A line for each check; exit status 1 when one of them failed.
"""

import json
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from lerobot.datasets.lerobot_dataset import LeRobotDataset
from torch import Tensor
from torch.utils.data import DataLoader

SECONDS = 1e-4
"""How far a time stamp may be from its frame's time: LeRobot's own `tolerance_s` [s]."""

BATCHES, BATCH, CHUNK = 4, 8, 16
"""Batches drawn, frames in each, and the actions that go with each frame."""

Frames = dict[str, Tensor]
"""An episode's columns without pictures, (T,) or (T, size)."""


class Failed(Exception):
    """What was read is not what the metadata say."""


class Check:
    """A dataset as LeRobot has opened it."""

    def __init__(self, folder: Path) -> None:
        """Raises whatever LeRobot does about a dataset that it does not open."""
        self.information: dict[str, Any] = json.loads((folder / "meta/info.json").read_text())
        self.dataset = LeRobotDataset("local/dataset", root=folder, video_backend="pyav")
        self.episodes: list[dict[str, Any]] = list(self.dataset.meta.episodes)
        self.cameras: list[str] = list(self.dataset.meta.video_keys)
        self.columns = {
            name: tuple(feature["shape"])
            for name, feature in self.information["features"].items()
            if feature["dtype"] != "video"
        }

    def lengths(self) -> str:
        """As many episodes and frames as `meta/info.json` and `meta/episodes` have."""
        frames, episodes = len(self.dataset), self.dataset.num_episodes
        _same("episodes", episodes, self.information["total_episodes"], len(self.episodes))
        listed = sum(episode["length"] for episode in self.episodes)
        _same("frames", frames, self.information["total_frames"], listed, len(self.dataset.hf_dataset))
        return f"{episodes} episodes, {frames} frames"

    def frames(self) -> str:
        """Every episode's columns: shapes, finite numbers, counters, times and task."""
        for number, episode in enumerate(self.episodes):
            read = self._read(episode)
            self._compare_shapes(number, read, episode["length"])
            self._compare_counters(number, read, episode)
            self._compare_task(number, read, episode)
        return f"{len(self.columns)} columns at {self.dataset.fps} Hz, {len(self.dataset.meta.tasks)} tasks"

    def statistics(self) -> str:
        """Mean and deviation of every feature, in its shape; of pictures one for each channel."""
        shapes = self.columns | dict.fromkeys(self.cameras, (3, 1, 1))
        for name, shape in shapes.items():
            for kind in ("min", "max", "mean", "std"):
                _same(f"shape of {kind} of '{name}'", self.dataset.meta.stats[name][kind].shape, shape)
        return f"of {len(shapes)} features"

    def pictures(self) -> str:
        """The first and the last picture of the first and the last episode, from every camera."""
        for episode in (self.episodes[0], self.episodes[-1]):
            for index in (episode["dataset_from_index"], episode["dataset_to_index"] - 1):
                item = self.dataset[index]
                for camera in self.cameras:
                    self._compare_picture(camera, index, item[camera])
        return f"{4 * len(self.cameras)} decoded, {', '.join(self.cameras) or 'there are no cameras'}"

    def batches(self) -> str:
        """What a trainer draws: frames in random order, each with the actions that follow it."""
        names = [name for name in self.columns if name.startswith("action")]
        times = {name: [step / self.dataset.fps for step in range(CHUNK)] for name in names}
        root, backend = self.dataset.root, self.dataset.video_backend
        dataset = LeRobotDataset("local/dataset", root=root, delta_timestamps=times, video_backend=backend)
        loader = DataLoader(dataset, BATCH, shuffle=True, generator=torch.Generator().manual_seed(0))
        for _, batch in zip(range(BATCHES), loader, strict=False):
            count = len(batch["index"])
            for name in names:
                _same(f"shape of '{name}' in a batch", batch[name].shape, (count, CHUNK, *self.columns[name]))
            for camera in self.cameras:
                height, width, channels = self.information["features"][camera]["shape"]
                expected = (count, channels, height, width)
                _same(f"shape of '{camera}' in a batch", batch[camera].shape, expected)
        return f"{BATCHES} of {BATCH} frames in random order, {CHUNK} steps of {', '.join(names)}"

    def _read(self, episode: dict[str, Any]) -> Frames:
        rows = self.dataset.hf_dataset[episode["dataset_from_index"] : episode["dataset_to_index"]]
        return {name: torch.stack(rows[name]) for name in self.columns}

    def _compare_shapes(self, number: int, read: Frames, length: int) -> None:
        for name, shape in self.columns.items():
            expected = (length,) if shape == (1,) else (length, *shape)
            _same(f"shape of '{name}' in episode {number}", tuple(read[name].shape), expected)
            if not bool(torch.isfinite(read[name]).all()):
                raise Failed(f"'{name}' in episode {number} is not finite")

    def _compare_counters(self, number: int, read: Frames, episode: dict[str, Any]) -> None:
        frame = torch.arange(episode["length"])
        expected = {"frame_index": frame, "index": frame + episode["dataset_from_index"]}
        expected["episode_index"] = torch.full_like(frame, number)
        for name, values in expected.items():
            if not torch.equal(read[name], values):
                raise Failed(f"'{name}' of episode {number} does not count up as it should")
        late = (read["timestamp"].double() - frame / self.dataset.fps).abs().max()
        if late > SECONDS:
            raise Failed(f"'timestamp' in episode {number} is {late:.2g} s off {self.dataset.fps} Hz")

    def _compare_task(self, number: int, read: Frames, episode: dict[str, Any]) -> None:
        told = {self.dataset.meta.tasks.iloc[index].name for index in read["task_index"].unique().tolist()}
        _same(f"task of episode {number}", told, set(episode["tasks"]))

    def _compare_picture(self, camera: str, index: int, picture: Tensor) -> None:
        height, width, channels = self.information["features"][camera]["shape"]
        what = f"picture of '{camera}' in frame {index}"
        _same(f"shape of the {what}", tuple(picture.shape), (channels, height, width))
        if not 0.0 <= float(picture.min()) <= float(picture.max()) <= 1.0:
            raise Failed(f"the {what} is not within 0 and 1")


def _same(what: str, read: object, *expected: object) -> None:
    for value in expected:
        if read != value:
            raise Failed(f"{what}: LeRobot reads {read}, expected {value}")


def _passes(name: str, check: Callable[[], str]) -> bool:
    """Run a check and print its line."""
    try:
        line, passed = check(), True
    except Exception as error:  # Whatever LeRobot raises about a dataset is what this program is for.
        line, passed = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}", False
    sys.stdout.write(f"{'ok    ' if passed else 'FAILED'}  {name:10}  {line}\n")
    return passed


def main(folder: str) -> int:
    """Run all checks; returns the exit status."""
    opened: list[Check] = []

    def opens() -> str:
        opened.append(Check(Path(folder)))
        return f"lerobot {version('lerobot')}, torch {torch.__version__}"

    if not _passes("opens", opens):
        return 1
    (check,) = opened
    checks = (check.lengths, check.frames, check.statistics, check.pictures, check.batches)
    return 0 if all([_passes(each.__name__, each) for each in checks]) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
