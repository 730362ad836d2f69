import dataclasses

import numpy as np
import pytest
import torch

from robolearn.environment import episode_seeds
from robolearn.evaluation.action_log import ActionLog
from robolearn.evaluation.episode_table import EpisodeTable
from robolearn.evaluation.rollouts import run_episodes, stream_episodes
from toy_environment import MixedExpert, PointMassEnvironment


def run(num_envs: int, count: int = 20) -> EpisodeTable:
    environment = PointMassEnvironment(num_envs)
    return run_episodes(environment, MixedExpert(environment), episode_seeds(3, 0, count))


@pytest.mark.parametrize("num_envs", [1, 3, 20, 33])
def test_episodes_do_not_depend_on_the_number_of_worlds(num_envs: int) -> None:
    expected, table = run(7), run(num_envs)
    for field in dataclasses.fields(EpisodeTable):
        np.testing.assert_array_equal(getattr(table, field.name), getattr(expected, field.name))


def test_columns_say_what_happened() -> None:
    table = run(4)
    np.testing.assert_array_equal(table.episode, np.arange(20))
    np.testing.assert_array_equal(table.seed, episode_seeds(3, 0, 20))
    np.testing.assert_array_equal(table.success, table.seed % 2 == 0)
    assert (table.steps[~table.success] == 24).all()
    assert (table.steps[table.success] < 24).all()
    np.testing.assert_array_equal(table.phase == 2, table.success)
    np.testing.assert_array_equal(table.episode_return, table.success.astype(float))


def test_streams_each_episode_once_as_it_ends() -> None:
    environment = PointMassEnvironment(4)
    places = torch.arange(10, 20)
    parts = list(stream_episodes(environment, MixedExpert(environment), episode_seeds(3, 0, 10), places))
    assert len(parts) > 3
    assert sorted(np.concatenate([part.episode for part in parts]).tolist()) == list(range(10, 20))


def test_kept_actions_make_the_episode_again() -> None:
    environment = PointMassEnvironment(4)
    log = ActionLog(4, environment.spec)
    parts = stream_episodes(environment, MixedExpert(environment), episode_seeds(3, 0, 12), None, log)
    table = EpisodeTable.concatenate(list(parts))
    assert set(log.kept) == {True, False}
    for success, episode in log.kept.items():
        alone = PointMassEnvironment(1)
        alone.reset(torch.tensor([episode.seed]))
        transitions = [alone.step(action[None]) for action in episode.actions]
        assert bool(transitions[-1].success[0]) == success == episode.success
        assert [bool(t.done[0]) for t in transitions] == [False] * (len(transitions) - 1) + [True]
        assert len(transitions) == table.steps[episode.episode]
