"""Named tensors on disk, as safetensors: reading one never runs anything."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor, nn

from robolearn.errors import UserError

_FOREIGN = {b"PK": "a zip archive, such as torch.save makes with a pickle inside", b"\x80": "a pickle"}
"""First bytes of the formats that are refused by name, because reading them could run code."""


def write_tensors(path: Path, tensors: Mapping[str, Tensor]) -> dict[str, Any]:
    """Write `tensors` to the new file `path`; returns its seal, the JSON that `read_tensors` checks."""
    content = save({name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()})
    path.write_bytes(content)
    shapes = {name: list(tensor.shape) for name, tensor in sorted(tensors.items())}
    return {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content), "shapes": shapes}


def read_tensors(path: Path, seal: Mapping[str, Any]) -> dict[str, Tensor]:
    """The tensors in `path`, on the CPU.

    Raises UserError when the file is missing, a pickle or an archive, truncated, foreign, changed since it
    was written, or holds other names or shapes than its seal says.
    """
    content = _read(path)
    _refuse_foreign(path, content)
    if len(content) < seal["bytes"]:
        raise UserError(f"{path} is truncated: {len(content)} of {seal['bytes']} bytes")
    try:
        tensors = load(content)
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path} is not a safetensors file ({str(error).splitlines()[0]})") from error
    if hashlib.sha256(content).hexdigest() != seal["sha256"]:
        raise UserError(f"{path} was changed after it was saved: its SHA-256 differs from the recorded one")
    require_shapes(tensors, {name: tuple(shape) for name, shape in seal["shapes"].items()}, str(path))
    return tensors


def _refuse_foreign(path: Path, content: bytes) -> None:
    # A safetensors file begins with its header's length in eight bytes, which may be any, then "{".
    for prefix, what in _FOREIGN.items():
        if content.startswith(prefix) and content[8:9] not in (b"{", b""):
            raise UserError(f"{path} is {what}: only safetensors are read here")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise UserError(f"{path} is missing") from error
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from error


def require_shapes(tensors: Mapping[str, Tensor], shapes: Mapping[str, tuple[int, ...]], origin: str) -> None:
    """Raise UserError unless `tensors` has exactly the names and shapes in `shapes`.

    origin: where the tensors come from, for the message
    """
    if missing := sorted(shapes.keys() - tensors.keys()):
        raise UserError(f"{origin} lacks {_some(missing)}")
    if surplus := sorted(tensors.keys() - shapes.keys()):
        raise UserError(f"{origin} holds {_some(surplus)}, which nothing here uses")
    for name, shape in shapes.items():
        found = tuple(tensors[name].shape)
        if found != tuple(shape):
            raise UserError(f"{origin}: '{name}' has shape {found}, expected {tuple(shape)}")


def load_weights(module: nn.Module, weights: Mapping[str, Tensor], origin: str) -> None:
    """Put `weights` into `module`. Raises UserError when names or shapes differ; `origin` as above."""
    shapes = {name: tuple(tensor.shape) for name, tensor in module.state_dict().items()}
    require_shapes(weights, shapes, origin)
    module.load_state_dict(dict(weights))


def _some(names: list[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"
