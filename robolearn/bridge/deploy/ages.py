"""How old something is for a tick that began before it was looked at."""

from typing import Final

AHEAD: Final = 0.05
"""That something may be younger than the tick [s]; chosen: far longer than a thread is kept from its work
between reading the clock and reading a mailbox, and far shorter than a clock that was set differs by."""


def age(now: float, at: float) -> float:
    """Since `at` [s]; 0 for what came while the tick was at work, negative for what is from another clock."""
    since = now - at
    return 0.0 if -AHEAD <= since < 0.0 else since
