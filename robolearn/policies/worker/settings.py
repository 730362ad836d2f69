"""Settings of the worker's networks; apart from what they build, so that asking for help imports no torch."""

from dataclasses import dataclass, field


@dataclass
class WorkerNetworks:
    """Sizes of the worker.

    hidden: widths of the actor's layers; critic_hidden, estimator_hidden: of the critic's and the estimator's
    lags: control steps back of the frames that actor and estimator see, from 0 on
    estimator_lags: of those that the estimator sees besides: joints' velocities are measured to a rad/s, and
        only many places in a row tell how fast a robot sways
    effort_share: share of each joint's greatest torque that an action of 1 asks for, at its servo's stiffness
    """

    hidden: list[int] = field(default_factory=lambda: [256, 128])
    critic_hidden: list[int] = field(default_factory=lambda: [256, 128])
    estimator_hidden: list[int] = field(default_factory=lambda: [128, 64])
    lags: list[int] = field(default_factory=lambda: [0, 1, 3, 8])
    estimator_lags: list[int] = field(default_factory=lambda: [2, 4, 5, 6, 7, 10, 13])
    effort_share: float = 0.35
