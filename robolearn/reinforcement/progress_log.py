"""One JSON line an iteration, appended; a run that goes on forgets what it will repeat."""

import json
from pathlib import Path

from robolearn.storage import disk_errors, write_bytes


class ProgressLog:
    """Metrics over a run, for learning curves. Errors of the disk as `storage.disk_errors`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, metrics: dict[str, float]) -> None:
        """Append a line."""
        with disk_errors(self.path), self.path.open("a") as file:
            file.write(json.dumps(metrics) + "\n")

    def truncate(self, iteration: int) -> None:
        """Drop the lines of `iteration` and later ones, and a line that a kill cut short."""
        lines = self.path.read_text().splitlines() if self.path.exists() else []
        kept = [line for line in lines if _iteration(line) < iteration]
        write_bytes(self.path, "".join(line + "\n" for line in kept).encode())


def _iteration(line: str) -> float:
    """The line's iteration; infinity when it is not whole."""
    try:
        return json.loads(line)["iteration"]
    except json.JSONDecodeError:
        return float("inf")
