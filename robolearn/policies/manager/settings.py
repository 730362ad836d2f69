"""Settings of a manager's networks; apart from what they set, so that asking for help imports no torch."""

from dataclasses import dataclass, field


@dataclass
class ManagerNetworks:
    """Of the policy.

    hidden: even widths of the hidden layers
    lags: control steps back of the frames that it sees, ascending
    """

    hidden: list[int] = field(default_factory=lambda: [256, 256, 128])
    lags: list[int] = field(default_factory=lambda: [0, 5, 20])
