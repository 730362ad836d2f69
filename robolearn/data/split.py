"""Which episodes training sees, and which it is measured on."""

import torch

from robolearn.data.demonstrations import Demonstrations
from robolearn.errors import UserError


def split_episodes(
    demonstrations: Demonstrations, held_out_fraction: float, seed: int
) -> tuple[Demonstrations, Demonstrations]:
    """Split by episode into a part for training and a held-out part, the same for the same seed.

    held_out_fraction: of the episodes, below 1; rounded, but at least one episode when above 0

    Both parts keep the episodes' order. Raises UserError when nothing would be left for training.
    """
    count = demonstrations.num_episodes
    if not 0.0 <= held_out_fraction < 1.0:
        raise UserError(f"held-out fraction {held_out_fraction} is not valid: choose 0 to below 1")
    held_out = max(1, round(count * held_out_fraction)) if held_out_fraction > 0.0 else 0
    if held_out >= count:
        raise UserError(f"held-out fraction {held_out_fraction} of {count} episodes leaves none for training")
    order = torch.randperm(count, generator=torch.Generator().manual_seed(seed))
    parts = order[held_out:].sort().values, order[:held_out].sort().values
    return demonstrations.select(parts[0]), demonstrations.select(parts[1])
