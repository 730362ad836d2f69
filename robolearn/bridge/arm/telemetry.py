"""What others may know of an arm's deployment."""

import math
import time
from typing import Final

from robolearn.bridge.arm.loop import ArmLoop
from robolearn.bridge.arm.situation import Mode
from robolearn.bridge.arm.stamps import stamped
from robolearn.bridge.message import encode
from robolearn.bridge.messages.diagnostic_msgs import DiagnosticArray, DiagnosticStatus, KeyValue
from robolearn.bridge.topics import STATUS
from robolearn.bridge.transport import Transport

PERIOD: Final = 0.1
"""Between two messages [s]; chosen, as of the G1."""


class ArmTelemetry:
    """Publishes on /robolearn/status."""

    def __init__(self, transport: Transport, loop: ArmLoop) -> None:
        self._loop, self._publish = loop, transport.publisher(STATUS)
        self._told_at = -math.inf

    def tick(self, now: float) -> None:
        """Tell what is known at the time `now` [s], ten times a second."""
        if now - self._told_at >= PERIOD:
            self._told_at = now
            self._publish(encode(status(self._loop, time.time_ns())))


def status(loop: ArmLoop, stamp: int) -> DiagnosticArray:
    """Of /robolearn/status. stamp: [ns of Unix time]."""
    situation = loop.situation
    figures = {
        "mode": situation.mode.value,
        "reason": situation.reason,
        "complaint": loop.complaint,
        "targets_sent": loop.sent,
        "damaged_states": loop.reader.damaged,
        "repeated_states": loop.reader.repeated,
        **{f"filtered_{name}": count for name, count in loop.pilot.filtered.items()},
    }
    about = DiagnosticStatus(
        level=DiagnosticStatus.WARN if situation.mode is Mode.HOLD else DiagnosticStatus.OK,
        name="robolearn: deploy",
        message=f"{situation.mode.value}: {situation.reason}",
        values=[KeyValue(name, str(value)) for name, value in figures.items()],
    )
    return DiagnosticArray(stamped(stamp), [about])
