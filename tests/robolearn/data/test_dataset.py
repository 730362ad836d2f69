"""Datasets on disk: LeRobot's layout, what comes back, and one line about each fault."""

import json
import pickle
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from demonstration_fakes import LENGTHS, random_episodes, write_random_dataset
from robolearn.data import layout
from robolearn.data.demonstrations import load_dataset
from robolearn.data.layout import ACTION, DONE, EPISODES, INFO, RECORD, STATE, STATISTICS, SUCCESS, TASKS
from robolearn.data.reader import read_dataset
from robolearn.data.statistics import column_statistics
from robolearn.data.writer import write_dataset
from robolearn.errors import UserError
from toy_environment import POINT_MASS

FRAMES = "data/chunk-000/file-000.parquet"


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dataset")
    write_random_dataset(folder)
    return folder


@pytest.fixture
def dataset(pristine: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(pristine, tmp_path / "dataset"))


def test_comes_back_as_it_was(pristine: Path) -> None:
    episodes, demonstrations = random_episodes(), load_dataset(pristine)
    assert demonstrations.spec == POINT_MASS
    assert demonstrations.episode_starts.tolist() == [0, 5, 6, 14]
    assert demonstrations.success.tolist() == [True, True, True]
    for name in ("observation", "action"):
        assert torch.equal(getattr(demonstrations, name), torch.cat([getattr(e, name) for e in episodes]))


def test_a_selection_keeps_its_order(pristine: Path) -> None:
    whole = load_dataset(pristine)
    part = whole.select(torch.tensor([2, 0]))
    assert part.episode_starts.tolist() == [0, 8, 13]
    assert torch.equal(part.action, torch.cat([whole.action[6:14], whole.action[:5]]))
    assert torch.equal(part.observation, torch.cat([whole.observation[6:14], whole.observation[:5]]))
    assert whole.select(torch.tensor([], dtype=torch.int64)).num_episodes == 0


def test_files_say_what_lerobot_reads(pristine: Path) -> None:
    information = json.loads((pristine / INFO).read_text())
    assert information["codebase_version"] == "v3.0"
    assert (information["total_episodes"], information["total_frames"], information["fps"]) == (3, 14, 10)
    assert information["splits"] == {"train": "0:3"}
    assert information["data_path"].format(chunk_index=0, file_index=0) == FRAMES
    frames = pq.read_table(pristine / FRAMES)
    assert set(frames.column_names) == set(information["features"])
    for name, feature in information["features"].items():
        kind = frames.schema.field(name).type
        if feature["shape"] == [1]:
            assert kind == pa.from_numpy_dtype(np.dtype(feature["dtype"]))
        else:
            assert (kind.list_size, kind.value_type) == (feature["shape"][0], pa.float32())
    tasks = pq.read_table(pristine / TASKS)
    assert json.loads(tasks.schema.metadata[b"pandas"])["index_columns"] == ["__index_level_0__"]
    assert tasks.to_pylist() == [{"task_index": 0, "__index_level_0__": "point_mass"}]


def test_episodes_say_where_their_frames_are(pristine: Path) -> None:
    frames = pq.read_table(pristine / FRAMES)
    statistics = json.loads((pristine / STATISTICS).read_text())
    rows = pq.read_table(pristine / EPISODES).to_pylist()
    for index, (row, length) in enumerate(zip(rows, LENGTHS, strict=True)):
        first, end = row["dataset_from_index"], row["dataset_to_index"]
        part = frames.slice(first, end - first)
        assert (row["episode_index"], row["length"], row["tasks"]) == (index, length, ["point_mass"])
        assert (row["data/chunk_index"], row["data/file_index"]) == (0, 0)
        assert part["episode_index"].to_pylist() == [index] * length
        assert part["frame_index"].to_pylist() == list(range(length))
        assert part[DONE].to_pylist() == part[SUCCESS].to_pylist() == [False] * (length - 1) + [True]
        states = np.stack(part[STATE].to_pylist()).astype(np.float64)
        assert row[f"stats/{STATE}/mean"] == pytest.approx(states.mean(axis=0))
        assert row[f"stats/{STATE}/count"] == [length]
    actions = np.stack(frames[ACTION].to_pylist())
    assert statistics[ACTION] == column_statistics(actions)
    assert statistics.keys() == set(frames.column_names)


def test_large_datasets_have_several_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "DATA_FILE_MEBIBYTES", 660 / 2**20)
    monkeypatch.setattr(layout, "FILES_PER_CHUNK", 2)
    episodes = write_random_dataset(tmp_path, lengths=(5, 3, 9, 2, 4))
    files = sorted(
        str(path.relative_to(tmp_path / "data")) for path in (tmp_path / "data").rglob("*.parquet")
    )
    assert files == [f"chunk-{chunk:03d}/file-{file:03d}.parquet" for chunk, file in ((0, 0), (0, 1), (1, 0))]
    demonstrations = load_dataset(tmp_path)
    assert torch.equal(demonstrations.observation, torch.cat([episode.observation for episode in episodes]))
    (tmp_path / "data" / files[1]).unlink()
    with pytest.raises(UserError, match=r"chunk-000/file-001\.parquet is missing"):
        load_dataset(tmp_path)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"observation": torch.zeros(4, 5)}, r"observation has shape \(4, 5\), expected \(4, 6\)"),
        ({"action": torch.zeros(3, 2)}, r"action has shape \(3, 2\), expected \(4, 2\)"),
        ({"reward": torch.full((4,), torch.nan)}, "reward is not finite"),
    ],
)
def test_episodes_that_do_not_fit_are_not_written(
    tmp_path: Path, changes: dict[str, torch.Tensor], message: str
) -> None:
    (episode,) = random_episodes([4])
    wrong = replace(episode, **cast(dict[str, Any], changes))
    with pytest.raises(UserError, match=f"episode 0: {message}"):
        write_dataset(tmp_path / "new", POINT_MASS, [wrong], {})
    with pytest.raises(UserError, match="at least one episode"):
        write_dataset(tmp_path / "new", POINT_MASS, [], {})
    assert not (tmp_path / "new").exists()


def test_an_older_dataset_is_replaced_only_when_asked(dataset: Path) -> None:
    with pytest.raises(UserError, match="already holds 'data'"):
        write_random_dataset(dataset)
    write_dataset(dataset, POINT_MASS, random_episodes([2]), {}, replace=True)
    assert load_dataset(dataset).episode_starts.tolist() == [0, 2]


def _refused(folder: Path) -> str:
    with pytest.raises(UserError) as caught:
        load_dataset(folder)
    message = str(caught.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize("name", [INFO, RECORD, STATISTICS, TASKS, EPISODES, FRAMES])
def test_a_missing_file_is_named(dataset: Path, name: str) -> None:
    (dataset / name).unlink()
    message = _refused(dataset)
    assert name in message
    assert "is missing" in message


def test_what_is_no_dataset_at_all(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "does not exist" in _refused(tmp_path / "nowhere")
    assert "is a file" in _refused(tmp_path / "file")
    assert "is not a LeRobot dataset" in _refused(tmp_path)


@pytest.mark.parametrize("name", [INFO, RECORD, EPISODES, FRAMES])
@pytest.mark.parametrize("kept", [0, 3, 0.5, -1])
def test_a_truncated_file_is_named(dataset: Path, name: str, kept: float) -> None:
    content = (dataset / name).read_bytes()
    (dataset / name).write_bytes(content[: int(len(content) * kept) if isinstance(kept, float) else kept])
    # JSON without its last line break is whole.
    if kept == -1 and name.endswith(".json"):
        load_dataset(dataset)
    else:
        assert str(dataset / name) in _refused(dataset)


@pytest.mark.parametrize("name", [EPISODES, FRAMES])
def test_a_pickle_in_place_of_parquet(dataset: Path, name: str) -> None:
    (dataset / name).write_bytes(pickle.dumps({"a": 1}))
    assert f"{name} is a pickle: only parquet is read here" in _refused(dataset)
    torch.save({"a": 1}, dataset / name)
    assert f"{name} is a pickle" in _refused(dataset)
    (dataset / name).write_text("episode_index,length\n")
    assert f"{name} is not parquet" in _refused(dataset)


def _edit_json(path: Path, *keys: str, value: Any) -> None:
    tree = json.loads(path.read_text())
    *sections, last = keys
    target = tree
    for key in sections:
        target = target[key]
    target[last] = value
    path.write_text(json.dumps(tree))


@pytest.mark.parametrize(
    ("keys", "value", "message"),
    [
        (("codebase_version",), "v2.1", "codebase_version is 'v2.1', expected 'v3.0'"),
        (("fps",), 20, "fps is 20, the task's control rate 10.0 Hz"),
        (("features",), None, "'features' is missing"),
        (("features", ACTION), None, "feature 'action' is missing"),
        (("features", STATE, "shape"), [58], r"'observation.state' has shape [58], the task [6]"),
        (("features", ACTION, "names"), ["a", "b"], "the names of 'action' are not those in meta/robolearn"),
        (("features", ACTION, "units"), ["m", "cm"], "the units of 'action' are not those in meta/robolearn"),
        (("total_frames",), 13, "total_frames is 13, meta/episodes/chunk-000/file-000.parquet has 14"),
        (("total_episodes",), "3", "total_episodes is 3, meta/episodes"),
    ],
)
def test_information_that_contradicts(dataset: Path, keys: tuple[str, ...], value: Any, message: str) -> None:
    _edit_json(dataset / INFO, *keys, value=value)
    assert message in _refused(dataset)


@pytest.mark.parametrize(
    ("keys", "value", "message"),
    [
        (("format",), "another", "has format 'another'"),
        (("spec",), 3, "is damaged: TypeError"),
        (("spec", "action"), {"names": ["x"], "units": []}, "is damaged: ValueError 1 names but 0 units"),
        (("spec", "max_episode_steps"), float("inf"), "is damaged: OverflowError"),
        (("spec", "control_rate_hz"), float("nan"), "fps is 10, the task's control rate nan Hz"),
    ],
)
def test_a_foreign_specification(dataset: Path, keys: tuple[str, ...], value: Any, message: str) -> None:
    _edit_json(dataset / RECORD, *keys, value=value)
    assert message in _refused(dataset)


@pytest.mark.parametrize("name", [INFO, RECORD])
@pytest.mark.parametrize("content", ["{}", "[]", "3", '"text"', "PAR1"])
def test_foreign_json(dataset: Path, name: str, content: str) -> None:
    (dataset / name).write_text(content)
    assert str(dataset / name) in _refused(dataset)


def _edit_column(path: Path, name: str, change: Callable[[list[Any]], object], kind: Any = None) -> None:
    """Let `change` work on the column's values in place."""
    table = pq.read_table(path)
    field = table.schema.field(name)
    values = table[name].to_pylist()
    change(values)
    place = table.schema.get_field_index(name)
    pq.write_table(table.set_column(place, name, pa.array(values, kind or field.type)), path)


def _place(row: int, value: Any) -> Callable[[list[Any]], object]:
    return lambda values: values.__setitem__(row, value)


def _entry(row: int, entry: int, value: float | None) -> Callable[[list[Any]], object]:
    return lambda values: values[row].__setitem__(entry, value)


@pytest.mark.parametrize(
    ("name", "change", "kind", "message"),
    [
        (STATE, _entry(7, 4, np.nan), None, "is nan in episode 2, frame 1, entry 'goal.x'"),
        (ACTION, _entry(5, 1, -np.inf), None, "is -inf in episode 1, frame 0, entry 'target.y'"),
        (STATE, _entry(3, 0, None), None, "'observation.state' is empty in row 3"),
        (STATE, _place(3, None), None, "'observation.state' is empty in row 3"),
        (ACTION, lambda values: values[2].append(0.0), pa.list_(pa.float32()), "has 3 entries in row 2, exp"),
        (
            ACTION,
            lambda values: [value.pop() for value in values],
            pa.list_(pa.float32(), 1),
            "has 1 entries",
        ),
        (ACTION, lambda _: None, pa.list_(pa.float64(), 2), "expected lists of 2 float"),
        (ACTION, lambda values: values.__setitem__(slice(None), range(14)), pa.int64(), "'action' is int64"),
        ("timestamp", lambda _: None, pa.float64(), "'timestamp' is double, expected float"),
        ("timestamp", _place(4, 0.5), None, "'timestamp' is wrong in episode 0, frame 4"),
        ("timestamp", _place(4, np.nan), None, "'timestamp' is wrong in episode 0, frame 4"),
        ("frame_index", _place(9, 0), None, "'frame_index' is wrong in episode 2, frame 3"),
        ("episode_index", _place(9, 1), None, "'episode_index' is wrong in episode 2, frame 3"),
        ("index", _place(0, None), None, "'index' is empty in row 0"),
        (DONE, _place(13, False), None, "'next.done' is wrong in episode 2, frame 7"),
    ],
)
def test_frames_that_are_wrong(
    dataset: Path, name: str, change: Callable[[list[Any]], object], kind: Any, message: str
) -> None:
    _edit_column(dataset / FRAMES, name, change, kind)
    found = _refused(dataset)
    assert str(dataset / FRAMES) in found
    assert message in found


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("length", _place(1, 2), "episode 1 has length 2, but frames 5 to 6, after 5"),
        ("dataset_from_index", _place(2, 5), "episode 2 has length 8, but frames 5 to 14, after 6"),
        ("episode_index", _place(0, 7), "episode 0 has length 5"),
        ("data/file_index", _place(2, 9), "file-009.parquet is missing"),
        ("dataset_to_index", _place(2, None), "'dataset_to_index' is empty in row 2"),
    ],
)
def test_episodes_that_are_wrong(
    dataset: Path, name: str, change: Callable[[list[Any]], object], message: str
) -> None:
    _edit_column(dataset / EPISODES, name, change)
    assert message in _refused(dataset)


def _edit_table(path: Path, change: Callable[[pa.Table], pa.Table]) -> None:
    pq.write_table(change(pq.read_table(path)), path)


def test_rows_and_columns_that_are_missing(dataset: Path, pristine: Path) -> None:
    _edit_table(dataset / FRAMES, lambda table: table.slice(0, 13))
    assert f"13 frames in all, but {EPISODES} has 14" in _refused(dataset)
    _edit_table(dataset / FRAMES, lambda table: table.drop_columns([ACTION]))
    assert "lacks the column 'action'" in _refused(dataset)
    shutil.copy2(pristine / FRAMES, dataset / FRAMES)
    _edit_table(dataset / FRAMES, lambda table: table.append_column("index", table["index"]))
    assert "has twice the column 'index'" in _refused(dataset)
    _edit_table(dataset / EPISODES, lambda table: table.slice(0, 0))
    assert "lists no episodes" in _refused(dataset)


@pytest.fixture(scope="module")
def scratch(pristine: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    yield Path(shutil.copytree(pristine, tmp_path_factory.mktemp("scratch") / "dataset"))


@given(place=st.floats(0.0, 1.0, exclude_max=True), bit=st.integers(0, 7))
@pytest.mark.parametrize("name", [EPISODES, FRAMES])
def test_a_flipped_bit_is_noticed_or_does_not_matter(
    scratch: Path, pristine: Path, name: str, place: float, bit: int
) -> None:
    content = bytearray((pristine / name).read_bytes())
    content[int(place * len(content))] ^= 1 << bit
    (scratch / name).write_bytes(content)
    expected = read_dataset(pristine)
    try:
        found = read_dataset(scratch)
        for field in ("observation", "action", "episode_starts", "success"):
            np.testing.assert_array_equal(getattr(found, field), getattr(expected, field))
    except UserError as error:
        assert "\n" not in str(error)
    finally:
        shutil.copy2(pristine / name, scratch / name)


def test_offsets_bound_the_episodes() -> None:
    assert list(pairwise(layout.offsets(LENGTHS))) == [(0, 5), (5, 6), (6, 14)]
