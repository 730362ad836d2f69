"""Ending on a signal, without being cut off in the middle of something."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def on_interruption(stop: Callable[[], object]) -> Iterator[None]:
    """Have SIGINT, SIGTERM and SIGHUP call `stop`, however often they come; in the main thread only.

    SIGHUP comes when the terminal goes. Where it is ignored, as under nohup, it stays so.
    """
    numbers = [signal.SIGINT, signal.SIGTERM]
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, lambda *_: stop()) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
