"""Metrics over a run: always as JSON lines in the run's folder, and to Weights & Biases as asked."""

import json
import logging
import math
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from robolearn.errors import UserError, unknown_name
from robolearn.storage import disk_errors, write_bytes

if TYPE_CHECKING:
    import wandb

METRICS = "metrics.jsonl"
MODES = ("offline", "online", "disabled")
"""Of Weights & Biases: files to upload later (needs no account), an account's project, or nothing."""

_PROJECT = "robolearn"
logger = logging.getLogger(__name__)


class RunLogger:
    """Appends to `metrics.jsonl` in `out`, and mirrors to Weights & Biases.

    A run that goes on passes the step it goes on from as `first_step`: rows at or after it, which will be
    made again, are dropped. Use it as a context manager or call `close`.
    """

    def __init__(self, out: Path, mode: str, config: Mapping[str, Any], first_step: int = 0) -> None:
        """mode: one of MODES. Raises UserError for another, or without an account when online."""
        if mode not in MODES:
            raise unknown_name("wandb mode", mode, MODES)
        self.path = out / METRICS
        kept = [row for row in read_metrics(out) if row["step"] < first_step]
        write_bytes(self.path, "".join(json.dumps(row) + "\n" for row in kept).encode())
        with disk_errors(self.path):
            self._file = self.path.open("a", encoding="utf-8")
        self._run = None if mode == "disabled" else _start(out, mode, config)

    def log(self, step: int, values: Mapping[str, float]) -> None:
        """Append one row. Numbers that are not finite are null in the file. Raises as `disk_errors`."""
        row = {"step": step} | {name: _finite(value) for name, value in values.items()}
        with disk_errors(self.path):
            self._file.write(json.dumps(row) + "\n")
            self._file.flush()
        if self._run is not None:
            self._run.log(dict(values), step=step)

    def close(self) -> None:
        """Finish the file and the run."""
        self._file.close()
        if self._run is not None:
            self._run.finish()
            self._run = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def read_metrics(out: Path) -> list[dict[str, Any]]:
    """Rows of a run's `metrics.jsonl`, in order, each with "step"; none when there is no file.

    A last line that a kill cut short is left out. Raises UserError when any other line is damaged.
    """
    path = out / METRICS
    if not path.is_file():
        return []
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    rows = []
    for number, line in enumerate(lines, start=1):
        row = _parsed(line)
        if row is not None:
            rows.append(row)
        elif number < len(lines):
            raise UserError(f"{path} is damaged at line {number}")
    return rows


def _parsed(line: str) -> dict[str, Any] | None:
    try:
        row = json.loads(line)
    except ValueError:
        return None
    return row if isinstance(row, dict) and isinstance(row.get("step"), int) else None


def _finite(value: float) -> float | None:
    number = float(value)
    return number if math.isfinite(number) else None


def _start(out: Path, mode: str, config: Mapping[str, Any]) -> "wandb.Run":
    # Its seconds of importing are for runs that ask for it.
    import wandb
    from wandb.errors import CommError, UsageError

    settings = wandb.Settings(silent=True, console="off", x_disable_stats=True)
    try:
        return wandb.init(
            project=_PROJECT,
            name=out.name,
            dir=str(out),
            mode="online" if mode == "online" else "offline",
            config=dict(config),
            settings=settings,
        )
    except (UsageError, CommError) as error:
        reason = str(error).splitlines()[0]
        raise UserError(
            f"wandb=online did not start ({reason}): run `wandb login`, or wandb=offline"
        ) from error
