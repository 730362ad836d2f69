"""Checkpoints come back as they were saved, and nothing else is accepted."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from robolearn.checkpoint import (
    NORMALISATION,
    RECORD,
    WEIGHTS,
    load_checkpoint,
    load_training_state,
    save_checkpoint,
    save_training_state,
)
from robolearn.errors import UserError
from robolearn.tensor_files import load_weights
from toy_environment import POINT_MASS

WEIGHT_TENSORS = {"net.weight": torch.arange(12.0).reshape(3, 4), "net.steps": torch.tensor(7)}
STATISTICS = {"observation.minimum": torch.zeros(6), "action.maximum": torch.ones(2)}


def save(path: Path, **changes: object) -> Path:
    arguments = {
        "kind": "diffusion",
        "config": {"hidden": 16},
        "weights": WEIGHT_TENSORS,
        "normalisation": STATISTICS,
        "spec": POINT_MASS,
        "metrics": {"success_rate": 0.5},
    }
    save_checkpoint(path, **{**arguments, **changes})  # pyright: ignore[reportArgumentType]
    return path


def edit_record(path: Path, change: Callable[[dict], None]) -> None:
    record = json.loads((path / RECORD).read_text())
    change(record)
    (path / RECORD).write_text(json.dumps(record))


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(tmp_path_factory.mktemp("checkpoints") / "saved")


@pytest.fixture
def copy(saved: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(saved, tmp_path / "copy"))


def test_round_trip(saved: Path) -> None:
    loaded = load_checkpoint(saved, kinds=("diffusion",))
    assert (loaded.kind, loaded.config, loaded.spec) == ("diffusion", {"hidden": 16}, POINT_MASS)
    assert loaded.metrics == {"success_rate": 0.5}
    assert {name: value.tolist() for name, value in loaded.weights.items()} == {
        name: value.tolist() for name, value in WEIGHT_TENSORS.items()
    }
    assert loaded.weights["net.steps"].dtype == torch.int64
    assert loaded.normalisation.keys() == STATISTICS.keys()
    assert "package" in loaded.code_version


def test_same_content_gives_same_bytes(saved: Path, tmp_path: Path) -> None:
    again = save(tmp_path / "again")
    for name in (RECORD, WEIGHTS, NORMALISATION):
        assert (again / name).read_bytes() == (saved / name).read_bytes()


def test_views_of_one_storage_are_saved_apart(tmp_path: Path) -> None:
    table = torch.arange(6.0).reshape(2, 3)
    path = save(tmp_path / "views", weights={"row": table[1], "transposed": table.T})
    assert torch.equal(load_checkpoint(path).weights["transposed"], table.T)


def test_replacing_keeps_the_model_card_and_leaves_nothing_behind(tmp_path: Path) -> None:
    path = save(tmp_path / "model")
    (path / "README.md").write_text("card")
    save(path, metrics={"success_rate": 0.9})
    assert load_checkpoint(path).metrics == {"success_rate": 0.9}
    assert (path / "README.md").read_text() == "card"
    assert [entry.name for entry in tmp_path.iterdir()] == ["model"]


def test_a_kill_between_the_two_renames_loses_nothing(copy: Path) -> None:
    copy.rename(copy.with_name(".copy.previous"))
    assert load_checkpoint(copy).kind == "diffusion"
    save(copy)
    assert [entry.name for entry in copy.parent.iterdir()] == ["copy"]


def test_a_failed_save_keeps_the_old_one(copy: Path) -> None:
    with pytest.raises(TypeError):
        save(copy, metrics={"not JSON": object()})
    assert load_checkpoint(copy).metrics == {"success_rate": 0.5}
    assert [entry.name for entry in copy.parent.iterdir()] == ["copy"]


def test_a_folder_with_other_things_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(UserError, match=r"thesis\.tex"):
        save(tmp_path)


def test_a_run_directory_gives_its_best_checkpoint(tmp_path: Path) -> None:
    save(tmp_path / "checkpoint", metrics={"which": "latest"})
    assert load_checkpoint(tmp_path).metrics == {"which": "latest"}
    save(tmp_path / "best", metrics={"which": "best"})
    assert load_checkpoint(tmp_path).metrics == {"which": "best"}


def test_missing_folder_and_foreign_folder(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not exist"):
        load_checkpoint(tmp_path / "nowhere")
    with pytest.raises(UserError, match=r"checkpoint\.json is missing"):
        load_checkpoint(tmp_path)
    (tmp_path / "file.pt").write_bytes(b"")
    with pytest.raises(UserError, match="is a file"):
        load_checkpoint(tmp_path / "file.pt")


def test_the_folder_that_one_is_in_need_not_be_a_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="is not a checkpoint"):
        load_checkpoint(".")


@pytest.mark.parametrize("name", [WEIGHTS, NORMALISATION])
def test_missing_file(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(UserError, match=f"{name} is missing"):
        load_checkpoint(copy)


@pytest.mark.parametrize(("prefix", "word"), [(b"PK\x03\x04", "zip archive"), (b"\x80\x04", "pickle")])
def test_a_pickle_is_refused_by_name(copy: Path, prefix: bytes, word: str) -> None:
    (copy / WEIGHTS).write_bytes(prefix + bytes(600))
    with pytest.raises(UserError, match=word):
        load_checkpoint(copy)


def test_what_torch_save_writes_is_refused(copy: Path) -> None:
    torch.save(WEIGHT_TENSORS, copy / WEIGHTS)
    with pytest.raises(UserError, match="only safetensors are read"):
        load_checkpoint(copy)


def test_a_changed_weight_is_refused(copy: Path) -> None:
    content = bytearray((copy / WEIGHTS).read_bytes())
    content[-1] ^= 1
    (copy / WEIGHTS).write_bytes(content)
    with pytest.raises(UserError, match="SHA-256"):
        load_checkpoint(copy)


def test_a_foreign_file_is_refused(copy: Path) -> None:
    (copy / WEIGHTS).write_bytes(b"hello" * 200)
    with pytest.raises(UserError, match="not a safetensors file"):
        load_checkpoint(copy)


@settings(max_examples=60)
@given(data=st.data(), name=st.sampled_from([RECORD, WEIGHTS, NORMALISATION]))
def test_truncation_anywhere_is_one_clear_line(saved: Path, data: st.DataObject, name: str) -> None:
    content = (saved / name).read_bytes()
    # The record ends in a line feed, which JSON does without.
    length = data.draw(st.integers(0, len(content) - 2))
    folder = saved.with_name("truncated")
    shutil.copytree(saved, folder, dirs_exist_ok=True)
    (folder / name).write_bytes(content[:length])
    with pytest.raises(UserError, match=name) as raised:
        load_checkpoint(folder)
    assert "\n" not in str(raised.value)


@settings(max_examples=60)
@given(data=st.data())
def test_a_damaged_record_never_raises_anything_else(saved: Path, data: st.DataObject) -> None:
    folder = saved.with_name("damaged")
    shutil.copytree(saved, folder, dirs_exist_ok=True)
    record = json.loads((saved / RECORD).read_text())
    key = data.draw(st.sampled_from(sorted(record)))
    record[key] = data.draw(st.sampled_from([None, 3, "text", [], {}, {"weights.safetensors": 1}]))
    (folder / RECORD).write_text(json.dumps(record))
    try:
        load_checkpoint(folder, kinds=("diffusion",))
    except UserError as error:
        assert "\n" not in str(error)


def test_unknown_kind_names_the_nearest(saved: Path) -> None:
    with pytest.raises(UserError, match="did you mean 'diffusions'"):
        load_checkpoint(saved, kinds=("diffusions", "residual"))


def test_statistics_must_be_finite_and_fit_the_task(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not finite"):
        save(tmp_path / "a", normalisation={"action.minimum": torch.tensor([0.0, torch.nan])})
    with pytest.raises(UserError, match="5 entries, the task's observation 6"):
        save(tmp_path / "b", normalisation={"base.observation.minimum": torch.zeros(5)})


def test_a_task_with_other_sizes_is_refused(copy: Path) -> None:
    edit_record(copy, lambda record: record["spec"]["action"].update(names=["a"], units=["m"]))
    with pytest.raises(UserError, match="2 entries, the task's action 1"):
        load_checkpoint(copy)


def test_weights_must_fit_the_module() -> None:
    module = torch.nn.Linear(4, 3)
    load_weights(module, {"weight": torch.ones(3, 4), "bias": torch.zeros(3)}, "here")
    assert torch.equal(module.weight, torch.ones(3, 4))
    with pytest.raises(UserError, match=r"'weight' has shape \(4, 3\), expected \(3, 4\)"):
        load_weights(module, {"weight": torch.ones(4, 3), "bias": torch.zeros(3)}, "here")
    with pytest.raises(UserError, match="lacks 'bias'"):
        load_weights(module, {"weight": torch.ones(3, 4)}, "here")


def test_training_state_round_trip(tmp_path: Path) -> None:
    generator = torch.Generator().manual_seed(3)
    big = 2**100 + 1
    save_training_state(tmp_path / "state", {"rng": generator.get_state()}, {"step": 4, "numpy": big})
    expected = torch.rand(3, generator=generator)
    tensors, values = load_training_state(tmp_path / "state")
    generator.set_state(tensors["rng"])
    assert torch.equal(torch.rand(3, generator=generator), expected)
    assert values == {"step": 4, "numpy": big}


def test_no_training_state(tmp_path: Path, saved: Path) -> None:
    with pytest.raises(UserError, match="nothing to go on from"):
        load_training_state(tmp_path / "state")
    with pytest.raises(UserError, match=r"state\.json is missing"):
        load_training_state(saved)
