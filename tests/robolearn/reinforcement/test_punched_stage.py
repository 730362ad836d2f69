"""What training turns into once robots can walk comes about in proportion."""

from hypothesis import given
from hypothesis import strategies as st

from robolearn.reinforcement.punched_stage import Stage, stage_at
from robolearn.reinforcement.settings import PunchedStage, WorkerPpoSettings

SETTINGS = WorkerPpoSettings(punched=PunchedStage(after_steps=1000, over_steps=400, calm_share=0.25))


def numbers(stage: Stage) -> tuple[float, ...]:
    """All that the stage changes, each less severe when smaller."""
    pushes, rewards = stage.pushes, stage.rewards
    harder = (pushes.punch, -pushes.punch_every, rewards.alive, -rewards.unasked_steps, -stage.walking_std)
    return (*harder, stage.calm_share)


def test_it_begins_as_the_settings_say() -> None:
    stage = stage_at(SETTINGS, 1000)
    assert (stage.pushes, stage.rewards) == (SETTINGS.pushes, SETTINGS.rewards)
    assert (stage.walking_std, stage.calm_share) == (SETTINGS.ppo.walking_std, 0.0)


def test_it_ends_as_the_punched_stage_says() -> None:
    punched = SETTINGS.punched
    ends = (punched.punch, -punched.punch_every, punched.alive, -punched.unasked_steps, -punched.walking_std)
    ends = (*ends, punched.calm_share)
    assert numbers(stage_at(SETTINGS, 1400)) == numbers(stage_at(SETTINGS, 10**9)) == ends


def test_half_way_it_is_half_of_both() -> None:
    stage = stage_at(SETTINGS, 1200)
    assert (stage.pushes.punch, stage.pushes.punch_every) == (375.0, 188)
    assert (stage.rewards.alive, stage.rewards.unasked_steps) == (12.0, -1.5)


def test_it_may_come_at_once() -> None:
    at_once = WorkerPpoSettings(punched=PunchedStage(after_steps=5, over_steps=0))
    assert [stage_at(at_once, steps).pushes.punch for steps in (0, 4, 5, 6)] == [250.0, 250.0, 500.0, 500.0]
    from_the_beginning = WorkerPpoSettings(punched=PunchedStage(after_steps=0, over_steps=0))
    assert stage_at(from_the_beginning, 0).pushes.punch == 500.0


@given(st.integers(0, 3000), st.integers(0, 3000))
def test_it_only_becomes_harder(steps: int, more: int) -> None:
    before, after = (numbers(stage_at(SETTINGS, count)) for count in (steps, steps + more))
    assert all(early <= late for early, late in zip(before, after, strict=True))


def test_what_does_not_change_stays() -> None:
    stage = stage_at(SETTINGS, 10**9)
    assert stage.pushes.velocity == SETTINGS.pushes.velocity
    assert stage.rewards.yaw_rate == SETTINGS.rewards.yaw_rate
