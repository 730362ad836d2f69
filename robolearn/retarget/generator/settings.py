"""Settings of generated trajectories."""

from dataclasses import dataclass


@dataclass
class GenerateSettings:
    """Household trajectories of a wheeled humanoid, in the layout of AgiBot World.

    n_episodes: how many, 10 to 20 s each
    video: also write a small synthetic video of the head's camera
    seed: of the episodes
    """

    n_episodes: int = 1000
    video: bool = False
    seed: int = 0
    out: str = "outputs/generate"
