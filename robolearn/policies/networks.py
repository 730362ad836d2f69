"""Multi-layer perceptrons, initialised as KORR and ResiP do."""

from torch import nn


def perceptron(
    input_size: int, hidden_size: int, output_size: int, *, last_bias: bool = False
) -> nn.Sequential:
    """Two hidden ReLU layers (KORR, A.2): input -> hidden -> hidden -> output.

    Hidden weights are Kaiming-normal (fan-in) with zero biases; the last layer is zero.
    """
    layers = nn.Sequential(
        nn.Linear(input_size, hidden_size),
        nn.ReLU(),
        nn.Linear(hidden_size, hidden_size),
        nn.ReLU(),
        nn.Linear(hidden_size, output_size, bias=last_bias),
    )
    for layer in list(layers.children())[:-1]:
        if isinstance(layer, nn.Linear):
            nn.init.kaiming_normal_(layer.weight, mode="fan_in", nonlinearity="relu")
            nn.init.zeros_(layer.bias)
    zero_last_layer(layers)
    return layers


def last_layer(network: nn.Sequential) -> nn.Linear:
    """The final linear layer of `network`."""
    layer = network[-1]
    assert isinstance(layer, nn.Linear)
    return layer


def zero_last_layer(network: nn.Sequential) -> None:
    """Make `network` output exactly zero."""
    layer = last_layer(network)
    nn.init.zeros_(layer.weight)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)


def count_parameters(module: nn.Module) -> int:
    """Number of trainable scalars."""
    return sum(parameter.numel() for parameter in module.parameters() if parameter.requires_grad)
