"""Episodes of LeRobot datasets, versions 2.0, 2.1 and 3.0, that record the hands' poses."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from robolearn.data.columns import read_parquet
from robolearn.errors import UserError, unknown_name
from robolearn.retarget.quaternions import w_first
from robolearn.retarget.sources.checks import (
    check_length,
    check_position,
    closed_share,
    rate_of,
    unit_quaternions,
)
from robolearn.retarget.sources.lerobot_index import Entry, read_index
from robolearn.retarget.sources.refusal import EpisodeRefused, Fault
from robolearn.retarget.trajectory import HandTrajectory

_TIME = "timestamp"
_ORDERS = ("xyzw", "wxyz")
_RATE_TOLERANCE = 0.01


@dataclass
class LeRobotColumns:
    """Columns with the hands, left then right; the names are those of AgiBot World converted to LeRobot.

    position: 6 entries a frame [m]
    orientation: 8 entries a frame, quaternions
    quaternion_order: xyzw or wxyz
    gripper: 2 entries a frame
    gripper_open, gripper_closed: values of a hand that is open, and of one that is closed
    """

    position: str = "observation.states.end.position"
    orientation: str = "observation.states.end.orientation"
    quaternion_order: str = "xyzw"
    gripper: str = "actions.effector.position"
    gripper_open: float = 0.0
    gripper_closed: float = 1.0


class LeRobotSource:
    """A folder with `meta/info.json`; episodes are named by their number."""

    kind = "LeRobot"

    def __init__(self, folder: Path, columns: LeRobotColumns) -> None:
        """Raises UserError for metadata that are missing or damaged, and columns that make no sense."""
        if columns.quaternion_order not in _ORDERS:
            raise unknown_name("quaternion_order", columns.quaternion_order, _ORDERS)
        if columns.gripper_open == columns.gripper_closed:
            raise UserError(f"gripper_open={columns.gripper_open} is not valid: gripper_closed is the same")
        self.folder = folder
        self._columns = columns
        self._rate, entries = read_index(folder)
        self._entries = {f"{entry.index:06d}": entry for entry in entries}
        self._file = ""
        self._table: pa.Table | None = None

    def names(self) -> list[str]:
        """All episodes that the metadata list."""
        return list(self._entries)

    def read(self, name: str) -> HandTrajectory:
        """The episode `name`. Raises EpisodeRefused when anything is wrong with it."""
        try:
            if name not in self._entries:
                raise Fault("the dataset does not list it")
            entry = self._entries[name]
            return self._trajectory(name, entry, self._rows(entry))
        except (Fault, UserError) as error:
            raise EpisodeRefused(name, str(error)) from error

    def _rows(self, entry: Entry) -> pa.Table:
        """The episode's frames. Many episodes may share a file, so the last one stays in memory."""
        table = self._table
        if table is None or entry.file != self._file:
            columns = self._columns
            names = [_TIME, columns.position, columns.orientation, columns.gripper]
            table = read_parquet(self.folder / entry.file, names)
            self._table, self._file = table, entry.file
        if entry.first is None or entry.end is None:
            return table
        if not 0 <= entry.first <= entry.end <= len(table):
            raise Fault(f"its rows are {entry.first} to {entry.end}, but {entry.file} has {len(table)} rows")
        return table.slice(entry.first, entry.end - entry.first)

    def _trajectory(self, name: str, entry: Entry, table: pa.Table) -> HandTrajectory:
        columns = self._columns
        check_length(len(table))
        rate = rate_of(_TIME, _numbers(table, _TIME, 1)[:, 0])
        if abs(rate / self._rate - 1) > _RATE_TOLERANCE:
            raise Fault(f"its frames come at {rate:.4g} Hz, the dataset's fps is {self._rate:g}")
        position = _numbers(table, columns.position, 6).reshape(-1, 2, 3)
        check_position(columns.position, position)
        recorded = _numbers(table, columns.orientation, 8).reshape(-1, 2, 4)
        quaternion = unit_quaternions(columns.orientation, recorded)
        gripper = _numbers(table, columns.gripper, 2)
        if not entry.language.strip():
            raise Fault("it has no task in words")
        return HandTrajectory(
            name=name,
            rate=self._rate,
            hand_position=position,
            hand_quaternion=w_first(quaternion) if columns.quaternion_order == "xyzw" else quaternion,
            gripper=closed_share(columns.gripper, gripper, columns.gripper_open, columns.gripper_closed),
            language=entry.language.strip(),
            videos=entry.videos,
        )


def _numbers(table: pa.Table, name: str, size: int) -> NDArray[np.float64]:
    """The column `name`, (T, size), of lists or lists of lists. Raises Fault for another size or type."""
    column: Any = table.column(name).combine_chunks()
    rows = len(column)
    while pa.types.is_list(column.type) or pa.types.is_fixed_size_list(column.type):
        lengths = np.diff(column.offsets) if pa.types.is_list(column.type) else np.array([0])
        if column.null_count or (lengths != lengths[:1]).any():
            raise Fault(f"'{name}' does not have as many entries in every frame")
        column = column.flatten()
    if not pa.types.is_floating(column.type) or column.null_count:
        raise Fault(f"'{name}' is {table.column(name).type}, expected {size} floating point numbers a frame")
    values = column.to_numpy(zero_copy_only=False).astype(np.float64)
    if values.size != rows * size:
        raise Fault(f"'{name}' has {values.size // rows} entries a frame, expected {size}")
    return values.reshape(rows, size)
