"""Residual actors by name."""

from collections.abc import Mapping

from robolearn.checks import check_at_least
from robolearn.errors import unknown_name
from robolearn.koopman.actors import KoopmanResidual, NonlinearResidual
from robolearn.policies.residual import INITIALISATIONS, PlainResidual, ResidualActor, ResidualConfig

ACTORS: Mapping[str, type[ResidualActor]] = {
    "koopman": KoopmanResidual,
    "mlp": PlainResidual,
    "nonlinear": NonlinearResidual,
}
"""koopman: KORR; mlp: ResiP; nonlinear: ResiP on a learnt perceptron's prediction (KORR, A.7)."""


def make_residual_actor(config: ResidualConfig) -> ResidualActor:
    """Build the actor that `config` names, its residual exactly zero.

    Initial weights come from torch's global generator. Raises UserError for an unknown name or
    sizes below 1.
    """
    check_at_least(1, lifted_size=config.lifted_size, hidden_size=config.hidden_size)
    if config.actor not in ACTORS:
        raise unknown_name("residual actor", config.actor, ACTORS)
    if config.initialisation not in INITIALISATIONS:
        raise unknown_name("initialisation", config.initialisation, INITIALISATIONS)
    return ACTORS[config.actor](config)
