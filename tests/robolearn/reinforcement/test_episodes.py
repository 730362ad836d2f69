import torch

from robolearn.environment import episode_seeds
from robolearn.reinforcement.episodes import AutoResetEnvironment
from toy_environment import POINT_MASS, PointMassEnvironment, PointMassExpert


def act(step: int, observation: torch.Tensor) -> torch.Tensor:
    """Good for even worlds, hopeless for odd ones, and different at every step."""
    action = observation[:, 4:6] + 0.01 * (step % 3)
    action[1::2] = -0.5 * observation[1::2, 4:6]
    return action


def test_finished_worlds_start_the_next_episode_and_the_last_observation_is_kept() -> None:
    plain, restarting = PointMassEnvironment(6), AutoResetEnvironment(PointMassEnvironment(6), seed_stream=3)
    seeds = episode_seeds(3, 0, 6)
    expected, observation = plain.reset(seeds), restarting.start()
    expert, count = PointMassExpert(plain), 6
    for _ in range(60):
        torch.testing.assert_close(observation, expected, rtol=0, atol=0)
        action = expert.act(observation)
        action[1::2] = 2.0
        transition, step = plain.step(action), restarting.step(action)
        torch.testing.assert_close(step.final_observation, transition.observation, rtol=0, atol=0)
        assert torch.equal(step.done, transition.done)
        finished = transition.done.nonzero().squeeze(1)
        expected, observation = transition.observation, step.observation
        if len(finished):
            expected = plain.reset(episode_seeds(3, count, len(finished)), finished)
            count += len(finished)
    assert count > 20


def test_tally_counts_the_episodes_that_ended() -> None:
    worlds = AutoResetEnvironment(PointMassEnvironment(8), seed_stream=0)
    observation = worlds.start()
    done = successes = 0
    for step in range(50):
        result = worlds.step(act(step, observation))
        observation = result.observation
        done += int(result.done.sum())
        successes += int(result.success.sum())
    tally = worlds.take_tally()
    assert (tally.episodes, tally.successes, tally.reward) == (done, successes, float(successes))
    assert tally.metrics()["train/episode_steps"] <= POINT_MASS.max_episode_steps
    assert worlds.take_tally().episodes == 0


def test_a_restored_batch_goes_on_to_the_same_bytes() -> None:
    worlds = AutoResetEnvironment(PointMassEnvironment(16), seed_stream=9)
    observation = worlds.start()
    for step in range(37):
        observation = worlds.step(act(step, observation)).observation
    state = {name: value.clone() for name, value in worlds.state().items()}
    again = AutoResetEnvironment(PointMassEnvironment(16), seed_stream=9)
    assert torch.equal(again.restore(state), observation)
    other = observation
    for step in range(37, 80):
        first, second = worlds.step(act(step, observation)), again.step(act(step, other))
        observation, other = first.observation, second.observation
        assert torch.equal(observation, other)
        assert torch.equal(first.final_observation, second.final_observation)
        assert torch.equal(first.done, second.done)
    ages = state["ages"]
    assert len(ages.unique()) > 2, "the test must restore worlds of different ages"


def test_episodes_may_be_cut_shorter_than_the_tasks() -> None:
    worlds = AutoResetEnvironment(PointMassEnvironment(4), seed_stream=1, episode_steps=5)
    observation = worlds.start()
    for step in range(20):
        result = worlds.step(act(step, observation))
        observation = result.observation
        assert torch.equal(result.done[1::2], torch.tensor([step % 5 == 4] * 2)), "the hopeless worlds"
        assert not bool((result.terminated & result.truncated).any())
    assert worlds.take_tally().metrics()["train/episode_steps"] <= 5


def test_time_out_and_success_are_told_apart() -> None:
    worlds = AutoResetEnvironment(PointMassEnvironment(4), seed_stream=1)
    observation = worlds.start()
    terminated = truncated = 0
    for step in range(POINT_MASS.max_episode_steps):
        result = worlds.step(act(step, observation))
        observation = result.observation
        assert not bool((result.terminated & result.truncated).any())
        assert torch.equal(result.terminated, result.success)
        terminated += int(result.terminated.sum())
        truncated += int(result.truncated.sum())
    assert terminated >= 2 and truncated >= 1
