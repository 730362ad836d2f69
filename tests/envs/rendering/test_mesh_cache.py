import logging
import multiprocessing
import os
from pathlib import Path

import numpy as np
import pytest

from envs.rendering import mesh_cache
from envs.rendering.collada import ColouredMesh, read_collada
from envs.robots.description import description_directory

SOURCE = description_directory("panda_description") / "meshes/visual/finger.dae"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "robolearn/meshes"


def assert_equal(found: list[ColouredMesh], expected: list[ColouredMesh]) -> None:
    assert [mesh.colour for mesh in found] == [mesh.colour for mesh in expected]
    for mesh, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(mesh.vertices, other.vertices)
        np.testing.assert_array_equal(mesh.faces, other.faces)


def test_a_file_is_converted_once(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = read_collada(SOURCE.read_bytes())
    assert_equal(mesh_cache.coloured_meshes(SOURCE), expected)
    monkeypatch.delattr(mesh_cache, "read_collada")
    assert_equal(mesh_cache.coloured_meshes(SOURCE), expected)
    assert len(list(cache.iterdir())) == 1


def test_a_changed_source_is_converted_again(cache: Path, tmp_path: Path) -> None:
    copy = tmp_path / SOURCE.name
    copy.write_bytes(SOURCE.read_bytes())
    before = mesh_cache.coloured_meshes(copy)
    copy.write_bytes(SOURCE.read_bytes().replace(b'meter="1"', b'meter="2"'))
    np.testing.assert_array_equal(mesh_cache.coloured_meshes(copy)[0].vertices, 2 * before[0].vertices)
    assert len(list(cache.iterdir())) == 2


def test_a_damaged_entry_is_replaced(cache: Path) -> None:
    expected = mesh_cache.coloured_meshes(SOURCE)
    (entry,) = cache.iterdir()
    whole = entry.read_bytes()
    entry.write_bytes(whole[: len(whole) // 2])
    assert_equal(mesh_cache.coloured_meshes(SOURCE), expected)
    assert entry.read_bytes() == whole


def test_a_cache_that_cannot_be_written_is_done_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with caplog.at_level(logging.INFO):
        assert_equal(mesh_cache.coloured_meshes(SOURCE), read_collada(SOURCE.read_bytes()))
    assert "converted again each time: cannot write" in caplog.text


def _convert(home: str) -> int:
    os.environ["XDG_CACHE_HOME"] = home
    return sum(len(mesh.faces) for mesh in mesh_cache.coloured_meshes(SOURCE))


def test_many_processes_may_convert_at_once(cache: Path, tmp_path: Path) -> None:
    with multiprocessing.get_context("fork").Pool(4) as pool:
        counts = pool.map(_convert, [str(tmp_path)] * 16)
    assert counts == [624] * 16
    assert [entry.suffix for entry in cache.iterdir()] == [".safetensors"]
