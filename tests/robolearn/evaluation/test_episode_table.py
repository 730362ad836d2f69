from pathlib import Path

import numpy as np
import pytest

from robolearn.errors import UserError
from robolearn.evaluation.episode_table import EpisodeTable, read_episodes, write_episodes

TABLE = EpisodeTable.from_columns(
    episode=[0, 1],
    seed=[2**40, 2**40 + 1],
    success=[True, False],
    steps=[12, 700],
    phase=[2, 0],
    fault=[False, True],
    episode_return=[1.0, 0.0],
)
PHASES = ("far", "near", "there")


def test_comes_back_from_disk(tmp_path: Path) -> None:
    path = tmp_path / "episodes.parquet"
    write_episodes(path, TABLE, PHASES, {"run": {"seed": 3}})
    table, metadata = read_episodes(path)
    assert metadata == {"phases": list(PHASES), "run": {"seed": 3}}
    columns = {name: column for name, column in vars(TABLE).items() if name != "figures"}
    assert table.figures == TABLE.figures == {}
    for name, column in columns.items():
        np.testing.assert_array_equal(getattr(table, name), column)
        assert getattr(table, name).dtype == column.dtype
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_concatenate_orders_by_episode() -> None:
    joined = EpisodeTable.concatenate([TABLE.select(np.array([1])), TABLE.select(np.array([0]))])
    np.testing.assert_array_equal(joined.episode, [0, 1])
    np.testing.assert_array_equal(joined.steps, [12, 700])
    assert len(EpisodeTable.concatenate([])) == 0


def test_missing_truncated_and_foreign_files_are_named(tmp_path: Path) -> None:
    path = tmp_path / "episodes.parquet"
    with pytest.raises(UserError, match="is missing"):
        read_episodes(path)
    write_episodes(path, TABLE, PHASES, {})
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(UserError, match="is damaged"):
        read_episodes(path)
    path.write_bytes(b"something else")
    with pytest.raises(UserError, match="is damaged"):
        read_episodes(path)
