"""Demonstrations as residual transitions: what the base would have done beside what was done."""

from itertools import pairwise

import torch
from torch import Tensor

from robolearn.data.demonstrations import Demonstrations
from robolearn.reinforcement.episodes import EpisodeStep
from robolearn.reinforcement.residual.replay import Replay
from robolearn.reinforcement.residual.residual_environment import Correction


def demonstration_replay(demonstrations: Demonstrations, correction: Correction) -> Replay:
    """Successful episodes, end to end in one column, with the base's actions on their observations.

    Reward is 1 at an episode's last step, where it terminates. The observation after the last action
    is not recorded; nothing is bootstrapped from it.
    """
    spans = list(pairwise(demonstrations.episode_starts.tolist()))
    views = _views([demonstrations.observation[first:last] for first, last in spans], correction)
    layout = correction.layout
    replay = Replay(sum(len(view) for view in views), 1, layout.size, layout.action_size)
    for (first, last), view in zip(spans, views, strict=True):
        executed = correction.base.action_normaliser.normalise(demonstrations.executed[first:last])
        for index in range(last - first):
            replay.add(view[index], executed[index], _step(view, index))
    return replay


def _views(episodes: list[Tensor], correction: Correction) -> list[Tensor]:
    """Residual observations (T, C + A + 1) along each episode (T, O), all acted side by side."""
    longest = max(len(episode) for episode in episodes)
    padded = torch.stack([torch.cat([e, e[-1:].expand(longest - len(e), -1)]) for e in episodes], dim=1)
    correction.base.reset(num_envs=len(episodes))
    views = torch.stack([correction.observe(observation) for observation in padded])
    return [views[: len(episode), column] for column, episode in enumerate(episodes)]


def _step(view: Tensor, index: int) -> EpisodeStep:
    """What the demonstrated step `index` of an episode did, as one world."""
    last = torch.tensor([index == len(view) - 1])
    following = view[min(index + 1, len(view) - 1)][None]
    return EpisodeStep(following, following, last.float(), last, torch.zeros_like(last), last)
