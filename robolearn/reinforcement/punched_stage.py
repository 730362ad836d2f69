"""What a worker's training turns into once robots can walk."""

from dataclasses import dataclass, replace

from envs.humanoid.settings import Pushes, RewardWeights
from robolearn.reinforcement.settings import WorkerPpoSettings


@dataclass(frozen=True)
class Stage:
    """What changes during training, as it is now.

    walking_std: at full difficulty, see `WorkerOptimisation`
    calm_share: see `WorkerEpisodes`
    """

    pushes: Pushes
    rewards: RewardWeights
    walking_std: float
    calm_share: float


def stage_at(settings: WorkerPpoSettings, steps: int) -> Stage:
    """The stage after `steps` control steps of all worlds together."""
    punched, pushes, rewards = settings.punched, settings.pushes, settings.rewards
    share = _share(steps - punched.after_steps, punched.over_steps)

    def between(first: float, last: float) -> float:
        return first + share * (last - first)

    return Stage(
        replace(
            pushes,
            punch=between(pushes.punch, punched.punch),
            punch_every=round(between(pushes.punch_every, punched.punch_every)),
        ),
        replace(
            rewards,
            alive=between(rewards.alive, punched.alive),
            unasked_steps=between(rewards.unasked_steps, punched.unasked_steps),
        ),
        between(settings.ppo.walking_std, punched.walking_std),
        between(0.0, punched.calm_share),
    )


def _share(passed: int, whole: int) -> float:
    """In 0 to 1; all of it at once where the whole is nothing."""
    return 1.0 if passed >= whole else max(0, passed) / max(1, whole)
