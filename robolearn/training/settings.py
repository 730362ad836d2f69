"""Settings that every training run has; without torch, so that asking for help is quick."""

from dataclasses import dataclass

from omegaconf import MISSING


@dataclass
class RunSettings:
    """A training run on disk.

    total_steps: how much is trained; learning rates follow the share of it that is done
    minutes: stop after this much training at the latest, 0 for no limit
    checkpoint_minutes: time between checkpoints
    num_threads: of the processor, for simulation and networks (0: one a core)
    seed: of everything that is drawn
    resume: run directory to go on from
    wandb: offline, online or disabled
    """

    total_steps: int = MISSING
    minutes: float = 0.0
    checkpoint_minutes: float = 3.0
    num_threads: int = 0
    seed: int = 0
    out: str = MISSING
    resume: str | None = None
    wandb: str = "offline"
