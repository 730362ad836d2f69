"""The worker's tasks by what they command; each builds its environment as `envs.registry` asks."""

from typing import Any

from envs.humanoid.scene import CONTROL_RATE
from envs.humanoid.settings import CommandRanges
from envs.humanoid.worker import EPISODE_STEPS, WorkerEnvironment


def worker(num_envs: int, **options: Any) -> WorkerEnvironment:
    """Squat, stand, walk and turn, with legs and waist."""
    return WorkerEnvironment(num_envs, **options)


def worker_legs(num_envs: int, **options: Any) -> WorkerEnvironment:
    """The same with the legs alone; somebody else moves the waist as well."""
    return WorkerEnvironment(num_envs, owned="legs", **options)


def stand(num_envs: int, **options: Any) -> WorkerEnvironment:
    """Stand still for a whole episode, at a height that is drawn for it."""
    still = CommandRanges(squats=1.0, stands=0.0, every_seconds=EPISODE_STEPS / CONTROL_RATE)
    return WorkerEnvironment(num_envs, ranges=still, **options)
