"""A finite-state expert for one_leg, all worlds at once, after FurnitureBench's scripted one."""

import math

import numpy as np
import torch
from torch import Tensor

from envs.assembly.expert.stages import RULES, Stage
from envs.assembly.one_leg import OneLegEnvironment
from envs.assembly.scene import PARTS, THREADED_LEG, TOP
from robolearn.environment import Expert

_POSITION_NOISE = 3e-3
_ROTATION_NOISE = math.radians(3)
"""Standard deviations of the noise on a stage's target, per axis. The published expert's."""

_MAX_MOVE = 0.06
_MAX_TURN = 0.5
"""Longest step of the commanded pose ahead of the hand [m, rad]: about 0.23 m/s and 2 rad/s."""

_TOP, _LEG = PARTS.index(TOP), PARTS.index(THREADED_LEG)


class OneLegExpert(Expert):
    """Pushes the top into the obstacle's corner, stands the leg in a hole and screws it in by strokes."""

    def __init__(self, environment: OneLegEnvironment) -> None:
        self._environment = environment
        count = environment.num_envs
        self.stage = torch.zeros(count, dtype=torch.int64)
        self._timer = torch.zeros(count, dtype=torch.int64)
        self._noise = torch.zeros(count, len(Stage), 6, dtype=torch.float64)
        self._hand_in_part = torch.zeros(count, 3, dtype=torch.float64)
        self._rules = [RULES[stage] for stage in Stage]
        self._closed = torch.tensor([rule.closed for rule in self._rules])
        tolerances = [rule.position_tolerance or 0.0 for rule in self._rules]
        self._position_tolerance = torch.tensor(tolerances, dtype=torch.float64)
        self._by_time = torch.tensor([rule.position_tolerance is None for rule in self._rules])
        self._rotation_tolerance = torch.tensor([rule.rotation_tolerance for rule in self._rules])
        self._timeout = torch.tensor([rule.timeout for rule in self._rules])

    def reset(self, episode_seeds: Tensor, env_ids: Tensor | None = None) -> None:
        """See Expert.reset."""
        worlds = torch.arange(len(self.stage)) if env_ids is None else env_ids
        self.stage[worlds] = Stage.TOP_ABOVE
        self._timer[worlds] = 0
        noisy = np.array([rule.noisy for rule in self._rules], dtype=float)[:, None]
        scale = noisy * np.array([_POSITION_NOISE] * 3 + [_ROTATION_NOISE] * 3)
        for world, seed in zip(worlds.tolist(), episode_seeds.tolist(), strict=True):
            draws = np.random.Generator(np.random.Philox(seed).jumped()).standard_normal((len(Stage), 6))
            self._noise[world] = torch.from_numpy(scale * draws)
