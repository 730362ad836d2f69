"""The tasks of worker and manager; each builds its environment as `envs.registry` asks."""

from pathlib import Path
from typing import Any

from envs.humanoid.reach.environment import ReachEnvironment, ReferenceSource
from envs.humanoid.reach.sources import GeneratedSource
from envs.humanoid.scene import CONTROL_RATE
from envs.humanoid.settings import CommandRanges
from envs.humanoid.specification import worker_spec
from envs.humanoid.worker import EPISODE_STEPS, WorkerEnvironment
from robolearn.paths import shipped_checkpoint
from robolearn.policies.registry import load_policy


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


def reach(
    num_envs: int,
    *,
    worker: str | Path | None = None,
    source: ReferenceSource | None = None,
    **options: Any,
) -> ReachEnvironment:
    """Follow trajectories of both hands. worker: a checkpoint, the shipped one unless given."""
    path = shipped_checkpoint("g1_worker") if worker is None else worker
    policy = load_policy(path, expected=worker_spec("legs_and_waist", EPISODE_STEPS))
    return ReachEnvironment(num_envs, policy, GeneratedSource() if source is None else source, **options)
