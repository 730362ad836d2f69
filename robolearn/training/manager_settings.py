"""Settings that every training of a manager has; without torch, so that asking for help is quick."""

from dataclasses import dataclass, field

from envs.humanoid.reach.faults import TrainingFaults
from robolearn.checks import check_at_least
from robolearn.errors import UserError, unknown_name
from robolearn.policies.manager.settings import ManagerNetworks
from robolearn.training.settings import RunSettings

TASK = "g1_reach"


@dataclass
class ManagerRunSettings(RunSettings):
    """Training of a manager, whatever the algorithm.

    total_steps: control steps of all worlds together
    worker: checkpoint of the policy that carries out the commands; the shipped one unless given
    walks: share of the trajectories that are carried along by a walk
    task: g1_reach
    randomness, disturbance: differences between robots, noise and delays; pushes
    """

    task: str = TASK
    randomness: str = "none"
    disturbance: bool = False
    worker: str | None = None
    walks: float = 0.5
    num_envs: int = 256
    networks: ManagerNetworks = field(default_factory=ManagerNetworks)
    faults: TrainingFaults = field(default_factory=TrainingFaults)
    total_steps: int = 20_000_000
    minutes: float = 40.0


def check_manager_run(settings: ManagerRunSettings) -> None:
    """Raises UserError for the first setting that makes no sense."""
    if settings.task != TASK:
        raise unknown_name("task of a manager", settings.task, [TASK])
    if not 0.0 <= settings.walks <= 1.0:
        raise UserError(f"walks={settings.walks} is not valid: choose 0 to 1")
    check_at_least(1, num_envs=settings.num_envs, total_steps=settings.total_steps)
    check_at_least(1, **{"faults.command_every": settings.faults.command_every})
