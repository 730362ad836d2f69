"""Settings of the worker's networks; apart from what they build, so that asking for help imports no torch."""

from dataclasses import dataclass, field


@dataclass
class WorkerNetworks:
    """Sizes of the worker.

    hidden: widths of the actor's layers; critic_hidden: of the critic's
    lags: control steps back of the frames that the actor sees, from 0 on
    action_scale: joint angle that an action of 1 stands for [rad] (TrajBooster: 0.25)
    """

    hidden: list[int] = field(default_factory=lambda: [256, 128])
    critic_hidden: list[int] = field(default_factory=lambda: [256, 128])
    lags: list[int] = field(default_factory=lambda: [0, 1, 2, 4])
    action_scale: float = 0.25
