"""Visual meshes, converted from COLLADA once and then taken from the user's cache.

Each source file has one file in the cache, named by a fingerprint of its content, so that nothing there is
out of date; each is written under another name first, so that any number of processes may convert at once.
"""

import hashlib
import logging
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from envs.rendering.collada import ColouredMesh, read_collada
from robolearn.errors import StorageError, UserError
from robolearn.paths import cache_directory
from robolearn.storage import write_bytes

_FORMAT = b"1"
"""Changes when the conversion does."""

logger = logging.getLogger(__name__)


def coloured_meshes(source: Path) -> list[ColouredMesh]:
    """The shapes in a COLLADA file. Raises ValueError where it is none."""
    content = source.read_bytes()
    fingerprint = hashlib.sha256(_FORMAT + content).hexdigest()[:16]
    entry = cache_directory() / "meshes" / f"{source.stem}-{fingerprint}.safetensors"
    meshes = _stored(entry)
    if meshes is None:
        meshes = read_collada(content)
        _store(entry, meshes)
    return meshes


def _stored(entry: Path) -> list[ColouredMesh] | None:
    """What the cache has; None when it has nothing, or something damaged."""
    try:
        with safe_open(entry, framework="numpy") as file:
            return [
                ColouredMesh(
                    file.get_tensor(f"{index}.vertices"),
                    file.get_tensor(f"{index}.faces"),
                    tuple(file.get_tensor(f"{index}.colour").tolist()),
                )
                for index in range(len(file.keys()) // 3)
            ]
    except (OSError, SafetensorError):
        return None


def _store(entry: Path, meshes: list[ColouredMesh]) -> None:
    tensors = {}
    for index, mesh in enumerate(meshes):
        tensors[f"{index}.vertices"] = mesh.vertices
        tensors[f"{index}.faces"] = mesh.faces
        tensors[f"{index}.colour"] = np.array(mesh.colour)
    try:
        write_bytes(entry, save(tensors))
    except (StorageError, UserError) as error:
        logger.info("visual meshes are converted again each time: %s", error)
