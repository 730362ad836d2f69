import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from robolearn.reinforcement.episodes import EpisodeStep
from robolearn.reinforcement.residual.replay import NStepBatch, Replay

DISCOUNT = 0.9


def fill(capacity: int, worlds: int, steps: int, seed: int) -> tuple[Replay, list[dict]]:
    """A replay and the same steps as plain rows; observations count steps, so that mistakes show."""
    generator = torch.Generator().manual_seed(seed)
    replay, rows = Replay(capacity, worlds, 1, 1), []
    for index in range(steps):
        ended = torch.rand(worlds, generator=generator) < 0.3
        timed_out = torch.rand(worlds, generator=generator) < 0.5
        reward = torch.rand(worlds, generator=generator)
        observation = torch.full((worlds, 1), float(index))
        step = EpisodeStep(
            observation, observation + 0.5, reward, ended & ~timed_out, ended & timed_out, ended & ~timed_out
        )
        replay.add(observation, -observation, step)
        rows.append({"reward": reward, "terminated": step.terminated, "truncated": step.truncated})
    return replay, rows


def slow_return(rows: list[dict], start: int, world: int, steps: int) -> tuple[float, float, float]:
    """Reward sum, discount of the bootstrap and the step that it is taken from, by the definition."""
    total, factor = 0.0, 1.0
    for index in range(start, min(start + steps, len(rows))):
        row = rows[index]
        total += factor * float(row["reward"][world])
        factor *= DISCOUNT
        if row["terminated"][world]:
            return total, 0.0, index
        if row["truncated"][world]:
            return total, factor, index
    return total, factor, min(start + steps, len(rows)) - 1


@settings(deadline=None, max_examples=40)
@given(capacity=st.integers(1, 12), steps=st.integers(1, 30), n=st.integers(1, 6), seed=st.integers(0, 10**6))
def test_n_step_returns_match_the_definition(capacity: int, steps: int, n: int, seed: int) -> None:
    replay, rows = fill(capacity, 3, steps, seed)
    kept = rows[-capacity:]
    first = steps - len(kept)
    ages = torch.arange(len(kept)).repeat_interleave(3)
    worlds = torch.arange(3).repeat(len(kept))
    batch = replay.returns(ages, worlds, n, DISCOUNT)
    for row, (age, world) in enumerate(zip(ages.tolist(), worlds.tolist(), strict=True)):
        total, factor, last = slow_return(kept, age, world, n)
        torch.testing.assert_close(float(batch.reward[row]), total, rtol=1e-5, atol=1e-6)
        torch.testing.assert_close(float(batch.discount[row]), factor, rtol=1e-5, atol=1e-6)
        assert float(batch.observation[row]) == first + age
        assert float(batch.executed[row]) == -(first + age)
        assert float(batch.next_observation[row]) == first + age + 0.5
        assert float(batch.bootstrap[row]) == first + last + 0.5


def test_restored_replay_draws_the_same_samples() -> None:
    replay, _ = fill(7, 2, 17, seed=1)
    again = Replay(7, 2, 1, 1)
    again.restore(replay.state())

    def draw(source: Replay) -> NStepBatch:
        return source.sample(64, 3, DISCOUNT, torch.Generator().manual_seed(5))

    first, second = draw(replay), draw(again)
    assert torch.equal(first.reward, second.reward)
    assert torch.equal(first.bootstrap, second.bootstrap)
    assert len(NStepBatch.joined([first, second]).reward) == 128
