"""Where the trajectories of episodes come from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

from envs.humanoid.reach.references import Hands, Reference, make_reference
from envs.humanoid.reach.walks import is_walk
from robolearn.retarget.generator.episode import perform, write_script
from robolearn.retarget.mapping import WorkspaceMapping, map_to_g1
from robolearn.retarget.statistics import ForwardStatistics
from robolearn.retarget.trajectory import HandTrajectory

GENERATED_FORWARD: Final = ForwardStatistics(mean=0.476, std=0.103)
"""Of the generator's hands ahead of the body [m]: measured over its first 100 episodes of seed 0."""

_EPISODE_BITS: Final = 32
"""Of an episode's seed; the others are the run's (`robolearn.environment.episode_seeds`)."""


@dataclass(frozen=True)
class GeneratedSource:
    """Household trajectories of the generator, each episode's own, some of them carried along by a walk.

    walks: share of the episodes that walk
    """

    walks: float = 0.5

    def __call__(self, seed: int, resting: Hands) -> Reference:
        """The reference of the episode `seed`."""
        mapping = WorkspaceMapping(source=GENERATED_FORWARD)
        script = write_script(seed >> _EPISODE_BITS, seed & ((1 << _EPISODE_BITS) - 1))
        mapped = map_to_g1(perform(script), mapping).trajectory
        walks = bool(is_walk(torch.tensor([seed]), self.walks))
        return reference_of(mapped, resting, seed if walks else None)


def reference_of(mapped: HandTrajectory, resting: Hands, walk_seed: int | None) -> Reference:
    """The reference of a trajectory that `map_to_g1` gave."""
    position, quaternion = _tensor(mapped.hand_position), _tensor(mapped.hand_quaternion)
    return make_reference(position, quaternion, resting, mapped.rate, walk_seed)


def _tensor(values: object) -> Tensor:
    return torch.as_tensor(values).float()


@dataclass(frozen=True)
class ListedSource:
    """Mapped trajectories, each that of the episode whose seed is its place; nothing walks."""

    trajectories: Sequence[HandTrajectory]

    def __call__(self, seed: int, resting: Hands) -> Reference:
        """The reference of the trajectory at place `seed`."""
        return reference_of(self.trajectories[seed], resting, None)
