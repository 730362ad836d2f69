"""Ending on a signal, without being cut off in the middle of something."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

_SIGNALS: Final = ("SIGINT", "SIGTERM", "SIGHUP")
"""The last one comes when a terminal or the connection to it goes; not every system has it."""


@contextmanager
def on_interruption(stop: Callable[[], object]) -> Iterator[None]:
    """Have SIGINT, SIGTERM and SIGHUP call `stop`, however often they come; in the main thread only.

    One that is ignored stays so, such as SIGHUP under nohup.
    """
    numbers = [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]
    heeded = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, lambda *_: stop()) for number in heeded}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
