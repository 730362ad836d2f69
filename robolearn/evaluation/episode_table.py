"""What became of each episode: columns in memory, a parquet file on disk."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from robolearn.errors import UserError
from robolearn.storage import write_bytes

EPISODES = "episodes.parquet"
_METADATA = b"robolearn"

_TYPES = {
    "episode": (np.int64, pa.int64()),
    "seed": (np.int64, pa.int64()),
    "success": (np.bool_, pa.bool_()),
    "steps": (np.int64, pa.int64()),
    "phase": (np.int64, pa.int64()),
    "fault": (np.bool_, pa.bool_()),
    "episode_return": (np.float64, pa.float64()),
}


@dataclass(frozen=True)
class EpisodeTable:
    """Columns (K,) over episodes.

    episode: place in the run's sequence of episodes
    seed: what determined the episode, of `robolearn.environment.episode_seeds`
    success: the task was done
    steps: control steps until success, fault or the limit
    phase: furthest stage reached, an index into `TaskSpec.phases`
    fault: the physics diverged
    episode_return: sum of rewards
    """

    episode: NDArray[np.int64]
    seed: NDArray[np.int64]
    success: NDArray[np.bool_]
    steps: NDArray[np.int64]
    phase: NDArray[np.int64]
    fault: NDArray[np.bool_]
    episode_return: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.episode)

    @classmethod
    def from_columns(cls, **columns: Any) -> Self:
        """From anything numpy can turn into each column."""
        return cls(**{name: np.asarray(columns[name], dtype=kind) for name, (kind, _) in _TYPES.items()})

    @classmethod
    def empty(cls) -> Self:
        """No episodes."""
        return cls.from_columns(**{name: [] for name in _TYPES})

    @classmethod
    def concatenate(cls, tables: Sequence[Self]) -> Self:
        """All episodes of `tables`, ordered by their place in the run."""
        joined = {
            field.name: np.concatenate([getattr(table, field.name) for table in (*tables, cls.empty())])
            for field in fields(cls)
        }
        order = np.argsort(joined["episode"], kind="stable")
        return cls.from_columns(**{name: column[order] for name, column in joined.items()})

    def select(self, rows: NDArray[Any]) -> Self:
        """The episodes that a mask or indices pick."""
        return type(self)(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})


def write_episodes(
    path: Path, table: EpisodeTable, phases: Sequence[str], metadata: Mapping[str, Any]
) -> None:
    """Write `table` to the parquet file `path`, atomically.

    The stage is written as its name in `phases`, and `metadata` as JSON into the file's schema. Raises as
    `storage.disk_errors`.
    """
    columns = {name: pa.array(getattr(table, name), kind) for name, (_, kind) in _TYPES.items()}
    names = [phases[index] for index in table.phase]
    columns["phase_name"] = pa.array(names, pa.string())
    content = json.dumps({"phases": list(phases), **metadata}).encode()
    arrow = pa.table(columns).replace_schema_metadata({_METADATA: content})
    sink = pa.BufferOutputStream()
    pq.write_table(arrow, sink, compression="zstd")
    write_bytes(path, sink.getvalue().to_pybytes())


def read_episodes(path: Path) -> tuple[EpisodeTable, dict[str, Any]]:
    """The table and metadata (with "phases") of a file by `write_episodes`.

    Raises UserError for a file that is missing, truncated or foreign.
    """
    if not path.is_file():
        raise UserError(f"{path} is missing")
    try:
        arrow = pq.read_table(path)
        metadata = json.loads((arrow.schema.metadata or {})[_METADATA])
        columns = {name: arrow.column(name).to_numpy(zero_copy_only=False) for name in _TYPES}
        return EpisodeTable.from_columns(**columns), dict(metadata)
    except (pa.ArrowException, KeyError, ValueError, TypeError, OSError) as error:
        raise UserError(f"{path} is damaged: {str(error).splitlines()[0]}") from error
