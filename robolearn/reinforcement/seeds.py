"""Which episodes a run demonstrates, trains and validates on: streams that no evaluation can meet.

`robolearn.environment.episode_seeds` keeps runs apart by their seed, below 2**31. People choose run
seeds below 2**29; demonstrations take streams from there, training and validation from 2**30 upwards.
"""

from robolearn.errors import UserError

SEED_LIMIT = 2**29
"""Run seeds that a person may ask for are below this."""

_FIRST_STREAM = 2**30


def _checked(seed: int) -> int:
    if not 0 <= seed < SEED_LIMIT:
        raise UserError(f"seed={seed} is not valid: choose 0 to {SEED_LIMIT - 1}")
    return seed


def demonstration_stream(seed: int) -> int:
    """The `episode_seeds` run that demonstrations of the collection `seed` come from."""
    return SEED_LIMIT + _checked(seed)


def training_stream(seed: int) -> int:
    """The `episode_seeds` run that training episodes of the run `seed` come from."""
    return _FIRST_STREAM + 2 * _checked(seed)


def validation_stream(seed: int) -> int:
    """The `episode_seeds` run that validation episodes of the run `seed` come from."""
    return _FIRST_STREAM + 2 * _checked(seed) + 1
