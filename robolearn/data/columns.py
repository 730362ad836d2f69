"""Columns of a parquet file as numpy arrays, with one line about whatever is wrong with it."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import DTypeLike, NDArray

from robolearn.errors import UserError

_MAGIC = b"PAR1"
_PICKLES = (b"\x80", b"PK")
"""First bytes of a pickle, and of the archive that torch.save puts one in."""


def read_parquet(path: Path, columns: list[str]) -> pa.Table:
    """The named columns of `path`. Raises UserError when it is missing, a pickle, damaged, or lacks one."""
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise UserError(f"{path} is missing") from error
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from error
    if not content.startswith(_MAGIC):
        what = "is a pickle: only parquet is read here" if content.startswith(_PICKLES) else "is not parquet"
        raise UserError(f"{path} {what}")
    try:
        file = pq.ParquetFile(pa.BufferReader(content), page_checksum_verification=True)
        names = file.schema_arrow.names
        if wrong := [name for name in columns if names.count(name) != 1]:
            what = "has twice" if wrong[0] in names else "lacks"
            raise UserError(f"{path} {what} the column '{wrong[0]}'")
        return file.read(columns)
    except (pa.ArrowException, ValueError, OSError) as error:
        raise UserError(f"{path} is damaged: {str(error).splitlines()[0]}") from error


def scalars(path: Path, table: pa.Table, name: str, kind: DTypeLike) -> NDArray[Any]:
    """The column `name`, (T,). Raises UserError for another type or an empty place."""
    column = table.column(name)
    expected = pa.from_numpy_dtype(np.dtype(kind))
    if column.type != expected:
        raise UserError(f"{path}: '{name}' is {column.type}, expected {expected}")
    _refuse_empty_places(path, name, column)
    return column.to_numpy()


def vectors(path: Path, table: pa.Table, name: str, size: int) -> NDArray[np.float32]:
    """The column `name`, (T, size). Raises UserError for another type, another size or an empty place."""
    column = table.column(name).combine_chunks()
    kind = column.type
    if not (pa.types.is_fixed_size_list(kind) or pa.types.is_list(kind)) or kind.value_type != pa.float32():
        raise UserError(f"{path}: '{name}' is {kind}, expected lists of {size} float")
    _refuse_empty_places(path, name, column)
    sizes = pc.list_value_length(column).to_numpy()  # pyright: ignore[reportAttributeAccessIssue]
    if (wrong := sizes != size).any():
        row = int(wrong.argmax())
        raise UserError(f"{path}: '{name}' has {sizes[row]} entries in row {row}, expected {size}")
    entries = column.flatten()
    _refuse_empty_places(path, name, entries, size)
    return entries.to_numpy().reshape(len(column), size).copy()


def _refuse_empty_places(
    path: Path, name: str, column: pa.Array | pa.ChunkedArray, entries_per_row: int = 1
) -> None:
    if column.null_count:
        row = column.is_null().index(True).as_py() // entries_per_row
        raise UserError(f"{path}: '{name}' is empty in row {row}")
