import torch
from torch import nn

from robolearn.reinforcement.residual.ensemble import EnsembleCritic, EnsembleLayerNorm, EnsembleLinear


def single(critic: EnsembleCritic, head: int) -> nn.Sequential:
    """One head rebuilt from the library's own layers."""
    layers: list[nn.Module] = []
    for layer in critic.layers:
        if isinstance(layer, EnsembleLinear):
            linear = nn.Linear(layer.weight.shape[1], layer.weight.shape[2])
            linear.load_state_dict({"weight": layer.weight[head].T, "bias": layer.bias[head, 0]})
            layers.append(linear)
        elif isinstance(layer, EnsembleLayerNorm):
            norm = nn.LayerNorm(layer.scale.shape[2])
            norm.load_state_dict({"weight": layer.scale[head, 0], "bias": layer.shift[head, 0]})
            layers.append(norm)
        else:
            layers.append(nn.ReLU())
    return nn.Sequential(*layers)


def test_heads_are_independent_networks() -> None:
    critic = EnsembleCritic(3, 5, 2, 16)
    observation, action = torch.randn(7, 5), torch.randn(7, 2)
    values = critic(observation, action)
    assert values.shape == (3, 7)
    joined = torch.cat([observation, action], dim=1)
    for head in range(3):
        torch.testing.assert_close(values[head], single(critic, head)(joined).squeeze(1))
    values[1].sum().backward()
    gradient = next(critic.parameters()).grad
    assert gradient is not None
    assert gradient[0].abs().sum() == 0.0 and gradient[1].abs().sum() > 0.0
