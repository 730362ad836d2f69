"""What the verbs of this package refuse before any work, in one line."""

from typing import TYPE_CHECKING

from robolearn.environment import BatchedEnvironment
from robolearn.errors import UserError
from robolearn.reinforcement.seeds import SEED_LIMIT

if TYPE_CHECKING:
    from envs.simulation import Simulation


def check_seed(seed: int) -> None:
    """Raises UserError for a seed whose episodes training might have seen, or that is negative."""
    if not 0 <= seed < SEED_LIMIT:
        raise UserError(f"seed={seed} is not valid: choose 0 to {SEED_LIMIT - 1}")


def simulation_of(environment: BatchedEnvironment) -> "Simulation":
    """The physics behind `environment`. Raises UserError for a task that has none."""
    simulation = getattr(environment, "simulation", None)
    if simulation is None:
        raise UserError(f"task {environment.spec.name} has no physics engine")
    return simulation
