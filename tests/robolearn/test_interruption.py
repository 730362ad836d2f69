"""Signals ask a block to end, and are handled as before after it."""

import os
import signal
import threading
from collections.abc import Iterator

import pytest

from robolearn.interruption import on_interruption


@pytest.fixture
def hangup() -> Iterator[None]:
    """Not ignored, as it is where tests run under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("hangup")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_ask_to_end_and_do_not_end(number: signal.Signals) -> None:
    stop, before = threading.Event(), signal.getsignal(number)
    with on_interruption(stop.set):
        os.kill(os.getpid(), number)
        os.kill(os.getpid(), number)
        assert stop.wait(5.0)
    assert signal.getsignal(number) is before


def test_a_hangup_that_is_ignored_stays_so(hangup: None) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with on_interruption(lambda: None):
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
