"""Whether somebody else commands the motors."""

import math
from typing import Final

from robolearn.bridge.topics import LOW_COMMANDS
from robolearn.bridge.transport import Bell, Transport

ASKED_EVERY: Final = 0.1
"""Between two looks at who publishes [s]; chosen: asking DDS takes longer than a tick, and who does not only
publish but says something is noticed at once."""

REMEMBERED: Final = 0.5
"""That a foreign command counts for [s]; chosen: nobody who commands motors is slower."""


class ForeignCommands:
    """Of participants beside this one, on /lowcmd.

    bell: that each of their commands rings

    ask_at: when `there` looks again for those that are silent [s]
    """

    def __init__(self, transport: Transport, bell: Bell | None = None) -> None:
        self._transport = transport
        self._mailbox = transport.mailbox(LOW_COMMANDS)
        if bell is not None:
            self._mailbox.ring(bell)
        self.ask_at = -math.inf
        self._publishers = 0

    def there(self, now: float) -> bool:
        """Whether there is a publisher, silent or not, or there was a command just before `now` [s]."""
        if not self.ask_at - ASKED_EVERY <= now < self.ask_at:
            self.ask_at = now + ASKED_EVERY
            self._publishers = self._transport.other_publishers(LOW_COMMANDS)
        return self._publishers > 0 or self._mailbox.age() < REMEMBERED
