"""Settings of the verb collect."""

from dataclasses import dataclass


@dataclass
class CollectSettings:
    """`robolearn collect`: successful episodes of the task's scripted expert, as a LeRobot dataset.

    randomness: of the initial layout, such as low, med or high
    disturbance: push the parts at random during the episode
    perturbed: shove the expert now and then, and record what it would have done
    n_episodes: successful episodes to keep
    num_envs, num_threads: worlds stepped together, and simulation threads (0: one a core); they do not
        change the result
    video: also record the front camera
    seed: of the episodes, which no evaluation has, whatever its seed
    """

    task: str = "one_leg"
    randomness: str = "low"
    disturbance: bool = False
    perturbed: bool = True
    n_episodes: int = 50
    num_envs: int = 128
    num_threads: int = 0
    video: bool = False
    seed: int = 0
    out: str = "outputs/collect/${task}"
