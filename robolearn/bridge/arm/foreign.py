"""Whether somebody else commands the arm."""

import math
from typing import Final

from robolearn.bridge.arm.topics import ARM_TARGETS, FINGER_TARGETS, POSE_TARGETS
from robolearn.bridge.transport import Transport

COMMANDS: Final = (POSE_TARGETS, ARM_TARGETS, FINGER_TARGETS)

ASKED_EVERY: Final = 0.5
"""Between two looks at who publishes [s]; chosen: it takes DDS a while to find somebody anyway."""


class ForeignTargets:
    """Of participants beside this one."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._asked_at = -math.inf
        self._there = False

    def there(self, now: float) -> bool:
        """Whether there is a publisher of targets, silent or not. now: [s]."""
        if not 0.0 <= now - self._asked_at < ASKED_EVERY:
            self._asked_at = now
            self._there = any(self._transport.other_publishers(topic) for topic in COMMANDS)
        return self._there
