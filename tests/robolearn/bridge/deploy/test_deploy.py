"""What the verb refuses, and how it ends on a signal."""

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deployed_robot import WORKER
from robolearn.bridge.deploy.deploy import deploy
from robolearn.bridge.deploy.settings import DeploySettings
from robolearn.bridge.interruption import on_interruption
from robolearn.errors import UserError
from robolearn.paths import assets_directory


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"robot": "g2"}, "unknown robot 'g2': valid are g1"),
        ({"voltage": -1.0}, "voltage=-1.0 is not valid"),
        ({"priority": -1}, "priority=-1 is not valid"),
        ({"checkpoint": "nowhere"}, "checkpoint nowhere does not exist"),
        (
            {"checkpoint": str(assets_directory() / "checkpoints" / "one_leg_low_base")},
            "a policy of kind 'diffusion': deploy takes a 'worker'",
        ),
        ({"interface": "eth77"}, "unknown network interface 'eth77'"),
        ({"domain": 233}, "domain=233 is not valid"),
    ],
)
def test_what_will_not_do(settings: dict[str, Any], said: str, tmp_path: Path) -> None:
    chosen = {"checkpoint": str(WORKER), "out": str(tmp_path), **settings}
    with pytest.raises(UserError, match=said):
        deploy(DeploySettings(**chosen))
    assert not list(tmp_path.iterdir())


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
