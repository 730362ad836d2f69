"""What Gymnasium wants to know of a task: its spaces, and the seeds of its episodes."""

from typing import Any, Final

import numpy as np
from gymnasium import spaces
from torch import Tensor

from robolearn.environment import episode_seeds
from robolearn.specification import TaskSpec

METADATA: Final[dict[str, Any]] = {"render_modes": ["rgb_array"], "render_fps": 10}

ACTION_LIMIT: Final = 1.0
"""Bound of every action entry, on both sides: the published simulator clamps to it."""

_STREAMS = 2**31
_UNSEEDED_STREAMS = 2**29
"""Runs that a person may choose; see `robolearn.reinforcement.seeds`."""


def observation_space(spec: TaskSpec) -> spaces.Box:
    """Unbounded: velocities have no limit."""
    return spaces.Box(-np.inf, np.inf, (spec.observation.size,), np.float32)


def action_space(spec: TaskSpec) -> spaces.Box:
    """In the task's units, within `ACTION_LIMIT`."""
    return spaces.Box(-ACTION_LIMIT, ACTION_LIMIT, (spec.action.size,), np.float32)


class EpisodeSeeds:
    """Seeds of one episode after another.

    Reset with a seed, an environment runs the episodes of the run with that seed, from its first one on: the
    same as `robolearn eval seed=...`.
    """

    def __init__(self) -> None:
        self._stream: int | None = None
        self._begun = 0

    def begin(self, seed: int | None, generator: np.random.Generator) -> None:
        """Take the run of `seed`; without one, keep the present run, or draw one from `generator`."""
        if seed is not None:
            self._stream, self._begun = seed % _STREAMS, 0
        elif self._stream is None:
            self._stream = int(generator.integers(_UNSEEDED_STREAMS))

    def take(self, count: int) -> Tensor:
        """Seeds of the next `count` episodes, (count,) int64."""
        assert self._stream is not None, "begin comes first"
        seeds = episode_seeds(self._stream, self._begun, count)
        self._begun += count
        return seeds
