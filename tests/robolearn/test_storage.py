"""What the operating system refuses is one line, and a failed write leaves the old file."""

import errno
from pathlib import Path

import pytest

from robolearn import storage
from robolearn.errors import StorageError, UserError


def test_a_full_disk_keeps_the_old_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    target = tmp_path / "file"
    storage.write_bytes(target, b"old")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(storage.os, "fsync", full)
    with pytest.raises(StorageError, match="No space left on device"):
        storage.write_bytes(target, b"new")
    assert target.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot write"):
        storage.write_bytes(tmp_path / "file" / "below", b"")


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"", b"[" * 100_000])
def test_what_is_not_json(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.json").write_bytes(content)
    with pytest.raises(UserError, match=r"a\.json is damaged"):
        storage.read_json(tmp_path / "a.json")


def test_json_that_is_no_object(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[1]")
    with pytest.raises(UserError, match="not a JSON object"):
        storage.read_json(tmp_path / "a.json")


def test_a_directory_is_replaced_whole(tmp_path: Path) -> None:
    for content in ("one", "two"):
        with storage.new_directory(tmp_path / "d") as new:
            (new / content).write_text(content)
    assert [entry.name for entry in tmp_path.rglob("*")] == ["d", "two"]
