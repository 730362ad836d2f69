"""Settings of the manager's training without a teacher."""

from dataclasses import dataclass, field

from robolearn.reinforcement.settings import GaussianOptimisation
from robolearn.training.manager_settings import ManagerRunSettings


@dataclass
class ManagerOptimisation(GaussianOptimisation):
    """Proximal policy optimisation of the manager, whose actions are in units of `COMMAND_SCALE`.

    initial_std, final_std: standard deviations of the actions at the first and at the last step of the budget
    """

    rollout_steps: int = 32
    epochs: int = 5
    initial_std: float = 0.5


@dataclass
class ManagerPpoSettings(ManagerRunSettings):
    """`robolearn train algorithm=ppo_manager`: the G1's manager from scratch, without a teacher.

    critic_hidden: even widths of the critic's hidden layers
    """

    critic_hidden: list[int] = field(default_factory=lambda: [256, 128])
    ppo: ManagerOptimisation = field(default_factory=ManagerOptimisation)
    out: str = "outputs/train/g1_manager_ppo"
