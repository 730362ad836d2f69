"""What became of each episode: columns in memory, a parquet file on disk."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
    figures: what else the task measures, by name, float64; the same names in every table of a run
    """

    episode: NDArray[np.int64]
    seed: NDArray[np.int64]
    success: NDArray[np.bool_]
    steps: NDArray[np.int64]
    phase: NDArray[np.int64]
    fault: NDArray[np.bool_]
    episode_return: NDArray[np.float64]
    figures: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.episode)

    @classmethod
    def from_columns(cls, figures: Mapping[str, Any] | None = None, **columns: Any) -> Self:
        """From anything numpy can turn into each column."""
        given = {name: np.asarray(columns[name], dtype=kind) for name, (kind, _) in _TYPES.items()}
        extra = {name: np.asarray(value, dtype=np.float64) for name, value in (figures or {}).items()}
        return cls(**given, figures=extra)

    @classmethod
    def empty(cls) -> Self:
        """No episodes."""
        return cls.from_columns(None, **{name: [] for name in _TYPES})

    @classmethod
    def concatenate(cls, tables: Sequence[Self]) -> Self:
        """All episodes of `tables`, ordered by their place in the run."""
        full = [table for table in tables if len(table)]
        if not full:
            return cls.empty()
        order = np.argsort(np.concatenate([table.episode for table in full]), kind="stable")
        joined = {name: np.concatenate([getattr(table, name) for table in full])[order] for name in _TYPES}
        figures = {
            name: np.concatenate([table.figures[name] for table in full])[order] for name in full[0].figures
        }
        return cls.from_columns(figures, **joined)

    def select(self, rows: NDArray[Any]) -> Self:
        """The episodes that a mask or indices pick."""
        figures = {name: column[rows] for name, column in self.figures.items()}
        return self.from_columns(figures, **{name: getattr(self, name)[rows] for name in _TYPES})


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
    columns |= {name: pa.array(value, pa.float64()) for name, value in table.figures.items()}
    content = json.dumps({"phases": list(phases), "figures": list(table.figures), **metadata}).encode()
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
        names = [*_TYPES, *metadata.pop("figures", [])]
        columns = {name: arrow.column(name).to_numpy(zero_copy_only=False) for name in names}
        figures = {name: columns.pop(name) for name in names[len(_TYPES) :]}
        return EpisodeTable.from_columns(figures, **columns), dict(metadata)
    except (pa.ArrowException, KeyError, ValueError, TypeError, OSError) as error:
        raise UserError(f"{path} is damaged: {str(error).splitlines()[0]}") from error
