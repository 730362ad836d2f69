"""How learning rates rise and fall; factors of the peak rate."""

import math


def rising(done: float, over: float) -> float:
    """Linear from 0 to 1 while `done` goes from 0 to `over`, 0 before; a step at 0 when `over` is 0."""
    return min(1.0, max(0.0, done / over)) if over > 0 else float(done >= 0)


def falling(share: float, floor: float) -> float:
    """Half a cosine from 1 to `floor` while the budget's share spent goes from 0 to 1; `floor` beyond."""
    return floor + (1.0 - floor) * 0.5 * (1.0 + math.cos(math.pi * min(1.0, share)))
