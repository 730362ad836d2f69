"""Generates trajectories in processes that are killed, each later than the one before.

    python killed_generations.py ROOT

`ROOT/whole` is what nobody disturbed. In `ROOT/<k>` the process was killed (kill -9) right at the k-th
change it wanted to make to the disk, and another one went on; those that were killed are printed.
"""

import itertools
import os
import signal
import sys
from pathlib import Path
from typing import Any

import torch

from robolearn.retarget.generator.generate import generate
from robolearn.retarget.generator.settings import GenerateSettings

_CHANGES = range(1, 60, 7)
_WRITES = os.O_WRONLY | os.O_RDWR


def _kill_at(change: int) -> None:
    """This process ends at its `change`-th change to the disk, before it is made."""
    seen = itertools.count(1)

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        changes = event in ("os.mkdir", "os.rename") or (event == "open" and arguments[2] & _WRITES)
        if changes and next(seen) == change:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)


def _generated(out: Path, killed_at: int | None = None) -> bool:
    """Generate in a process of its own; False when it was killed."""
    process = os.fork()
    if process == 0:
        # What it says of itself is not what this script says.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if killed_at is not None:
            _kill_at(killed_at)
        generate(GenerateSettings(n_episodes=10, seed=4, out=str(out)))
        os._exit(0)
    _, status = os.waitpid(process, 0)
    if os.WIFSIGNALED(status):
        return False
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"the generation in {out} failed")
    return True


def main(root: Path) -> None:
    """Generate all of them below `root`."""
    torch.set_num_threads(1)
    _generated(root / "whole")
    for change in _CHANGES:
        if not _generated(root / str(change), change):
            sys.stdout.write(f"{change}\n")
            _generated(root / str(change))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
