"""Perceptrons that treat left and right alike, exactly, at half the cost of ordinary ones.

Hidden units come in pairs that the mirror exchanges. In the sums and differences of the pairs, a linear map
that commutes with the mirror falls into two blocks of half the size (Cohen and Welling, ICML 2016, for this
group).
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from robolearn.policies.worker.mirror import Mirror


class MirroredLinear(nn.Module):
    """A linear map from sums and differences (what the mirror keeps, and what it negates) to the same."""

    def __init__(self, inputs: tuple[int, int], outputs: tuple[int, int], gain: float) -> None:
        """Sizes of both parts, and the gain of the orthogonal initialisation."""
        super().__init__()
        self.kept = nn.Linear(inputs[0], outputs[0])
        self.negated = nn.Linear(inputs[1], outputs[1], bias=False) if outputs[1] else None
        nn.init.orthogonal_(self.kept.weight, gain)
        nn.init.zeros_(self.kept.bias)
        if self.negated is not None:
            nn.init.orthogonal_(self.negated.weight, gain)

    def forward(self, kept: Tensor, negated: Tensor) -> tuple[Tensor, Tensor]:
        """Map (N, K) and (N, T)."""
        return self.kept(kept), negated[:, :0] if self.negated is None else self.negated(negated)


class Split(nn.Module):
    """Vectors to what their mirror keeps and what it negates, and back; orthonormal.

    blocks: sizes of what `forward` gives: kept entries and sums of pairs, which the mirror keeps, then
        differences of pairs and negated entries, which it negates
    """

    entering: Tensor
    scales: Tensor
    signs: Tensor
    order: Tensor

    def __init__(self, mirror: Mirror) -> None:
        super().__init__()
        alone = [(i, s) for i, (p, s) in enumerate(zip(mirror.places, mirror.signs, strict=True)) if p == i]
        kept, negated = ([i for i, sign in alone if sign == wanted] for wanted in (1.0, -1.0))
        first = [i for i, partner in enumerate(mirror.places) if i < partner]
        second = [mirror.places[i] for i in first]
        signs = 2.0**-0.5 * torch.tensor([mirror.signs[i] for i in first])
        self.blocks = len(kept), len(first), len(second), len(negated)
        order = [*kept, *first, *second, *negated]
        halved = torch.full_like(signs, 2.0**-0.5)
        scales = torch.cat((torch.ones(len(kept)), halved, signs, torch.ones(len(negated))))
        self.register_buffer("entering", torch.tensor(order, dtype=torch.int64), persistent=False)
        self.register_buffer("scales", scales, persistent=False)
        self.register_buffer("signs", signs, persistent=False)
        places = sorted(range(len(order)), key=order.__getitem__)
        self.register_buffer("order", torch.tensor(places, dtype=torch.int64), persistent=False)

    @property
    def sizes(self) -> tuple[int, int]:
        """Entries of both parts."""
        kept, pairs, _, negated = self.blocks
        return kept + pairs, pairs + negated

    def forward(self, value: Tensor) -> Tensor:
        """Vectors (N, D) with what the mirror keeps first, and then what it negates."""
        ordered = self.scales * value.index_select(1, self.entering)
        kept, first, second, negated = ordered.split(self.blocks, 1)
        return torch.cat((kept, first + second, first - second, negated), 1)

    def join(self, kept: Tensor, negated: Tensor) -> Tensor:
        """Vectors (N, D) of their parts."""
        alone, pairs, _, _ = self.blocks
        sums, differences = kept[:, alone:], negated[:, :pairs]
        first, second = 2.0**-0.5 * (sums + differences), self.signs * (sums - differences)
        return torch.cat((kept[:, :alone], first, second, negated[:, pairs:]), 1)[:, self.order]


class MirroredPerceptron(nn.Module):
    """ELU layers from vectors with one mirror to vectors with another: f(mirrored x) = mirrored f(x)."""

    def __init__(self, inputs: Mirror, hidden: Sequence[int], outputs: Mirror, last_gain: float) -> None:
        """hidden: even widths; last_gain: of the last layer's initialisation."""
        super().__init__()
        self.inputs, self.outputs = Split(inputs), Split(outputs)
        sizes = [self.inputs.sizes, *((width // 2, width // 2) for width in hidden), self.outputs.sizes]
        gains = [2.0**0.5] * len(hidden) + [last_gain]
        # A pair's sum and difference are larger than the pair by a factor of the square root of 2.
        gains = [gain * 2.0**-0.5 for gain in gains]
        self.layers = nn.ModuleList(
            MirroredLinear(size, following, gain)
            for size, following, gain in zip(sizes, sizes[1:], gains, strict=False)
        )

    def forward(self, value: Tensor) -> Tensor:
        """Outputs (N, D) of inputs (N, C)."""
        return self.of_split(*self.inputs(value).split(self.inputs.sizes, 1))

    def of_split(self, kept: Tensor, negated: Tensor) -> Tensor:
        """Outputs (N, D) of what the mirror keeps and what it negates of inputs, see `Split`."""
        for layer in list(self.layers)[:-1]:
            kept, negated = layer(kept, negated)
            first, second = nn.functional.elu(kept + negated), nn.functional.elu(kept - negated)
            kept, negated = first + second, first - second
        return self.outputs.join(*self.layers[-1](kept, negated))


def unmirrored(size: int) -> Mirror:
    """Of a vector that the mirror leaves as it is, such as a value."""
    return Mirror(tuple(range(size)), (1.0,) * size)
