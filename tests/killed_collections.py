"""Collects demonstrations in processes that are killed, each three changes later than the one before.

    python killed_collections.py ROOT

`ROOT/whole` is a collection that nobody disturbed. In `ROOT/<k>` the process was killed (kill -9) right at
the k-th change it wanted to make to the disk, and another one went on; the last k needed no second.
"""

import itertools
import os
import signal
import sys
from pathlib import Path
from typing import Any

import torch

from robolearn.checkpoint import code_version
from robolearn.data.collect import collect
from robolearn.data.settings import CollectSettings
from toy_environment import MixedExpert
from toy_registry import toy_registry

_CHANGES = {"os.mkdir", "os.remove", "os.rename", "os.rmdir", "shutil.rmtree"}
_STRIDE = 3
"""Not 2: changes come in pairs, a temporary file and its final name."""
_WRITES = os.O_WRONLY | os.O_RDWR


def _kill_at(change: int) -> None:
    """This process ends at its `change`-th change to the disk, before it is made."""
    seen = itertools.count(1)

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if (event in _CHANGES or (event == "open" and arguments[2] & _WRITES)) and next(seen) == change:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)


def _collected(out: Path, killed_at: int | None = None) -> bool:
    """Collect in a process of its own; False when it was killed."""
    process = os.fork()
    if process == 0:
        if killed_at is not None:
            _kill_at(killed_at)
        collect(CollectSettings(task="point_mass", n_episodes=2, num_envs=2, video=True, out=str(out)))
        os._exit(0)
    _, status = os.waitpid(process, 0)
    if os.WIFSIGNALED(status):
        return False
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"the collection in {out} failed")
    return True


def main(root: Path) -> None:
    torch.set_num_threads(1)
    code_version()  # Cached: all processes record the same, whatever happens to the checkout meanwhile.
    sys.modules["envs.registry"] = toy_registry(expert=MixedExpert)
    _collected(root / "whole")
    for change in itertools.count(1, _STRIDE):
        if _collected(root / str(change), killed_at=change):
            break
        if not _collected(root / str(change)):
            raise SystemExit(f"nobody killed the second process in {root / str(change)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
