"""Reports of episodes survive their messages."""

import pytest

from robolearn.bridge.arm.episode_report import EpisodeReport, Outcome
from robolearn.bridge.errors import BridgeError
from robolearn.bridge.message import decode, encode
from robolearn.bridge.messages.diagnostic_msgs import DiagnosticArray, DiagnosticStatus


@pytest.mark.parametrize("outcome", Outcome)
def test_there_and_back(outcome: Outcome) -> None:
    report = EpisodeReport(began=12_345_678_901, seed=7 << 32, outcome=outcome, steps=247, phase=4)
    assert EpisodeReport.of(decode(DiagnosticArray, encode(report.message()))) == report


@pytest.mark.parametrize(
    "message", [DiagnosticArray(), DiagnosticArray(status=[DiagnosticStatus(message="running")])]
)
def test_something_else(message: DiagnosticArray) -> None:
    with pytest.raises(BridgeError, match="no report of an episode"):
        EpisodeReport.of(message)
