"""What PPO is told, whatever learns by it; without torch, so that asking for help is quick."""

from dataclasses import dataclass

from robolearn.checks import check_at_least, check_positive


@dataclass
class PpoOptimisation:
    """What every proximal policy optimisation is told.

    rollout_steps: control steps a world between updates
    minibatch_size, epochs: samples a gradient step, and passes over the rollout
    """

    rollout_steps: int = 24
    minibatch_size: int = 2048
    epochs: int = 3
    clip: float = 0.2
    max_gradient_norm: float = 1.0
    discount: float = 0.99
    gae_lambda: float = 0.95


@dataclass
class GaussianOptimisation(PpoOptimisation):
    """Proximal policy optimisation of a network's own actions.

    learning_rate: at the start; it follows the divergence from then on
    target_kl: mean divergence of an update that the learning rate aims at
    initial_std, final_std: standard deviations of the actions at the beginning and at the end
    critic_iterations: first iterations in which only the critic learns: with an actor that can already do
        something, what a new critic says would spoil it
    """

    learning_rate: float = 5e-4
    target_kl: float = 0.015
    initial_std: float = 0.4
    final_std: float = 0.1
    critic_iterations: int = 0


def check_optimisation(ppo: GaussianOptimisation) -> None:
    """Raises UserError for the first number that no update can be made with."""
    counts = ("rollout_steps", "minibatch_size", "epochs")
    check_at_least(1, **{f"ppo.{name}": getattr(ppo, name) for name in counts})
    scales = ("learning_rate", "target_kl", "clip", "initial_std", "final_std", "max_gradient_norm")
    check_positive(**{f"ppo.{name}": getattr(ppo, name) for name in scales})
