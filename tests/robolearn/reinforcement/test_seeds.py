"""No two of the streams that episodes come from ever meet, whatever the seeds."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from robolearn.environment import episode_seeds
from robolearn.reinforcement.seeds import (
    SEED_LIMIT,
    demonstration_stream,
    training_stream,
    validation_stream,
)

seeds = st.integers(0, SEED_LIMIT - 1)


@given(seeds, seeds, seeds, seeds)
def test_streams_are_apart(evaluation: int, demonstration: int, training: int, validation: int) -> None:
    streams = {
        evaluation,
        demonstration_stream(demonstration),
        training_stream(training),
        validation_stream(validation),
    }
    assert len(streams) == 4
    firsts = sorted(int(episode_seeds(stream, 0, 1)) for stream in streams)
    assert all(later - earlier >= 2**32 for earlier, later in pairwise(firsts))
