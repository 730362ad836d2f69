"""Settings of `robolearn retarget`."""

from dataclasses import dataclass

from omegaconf import MISSING


@dataclass
class RetargetSettings:
    """From a folder of hand trajectories to a dataset of the G1's whole-body actions.

    source: folder of AgiBot World episodes, or of a LeRobot dataset with hand poses
    checkpoint: the manager; the shipped one unless given
    worker: drives legs and waist; the shipped one unless given
    teacher: mended or published commands the worker instead of a manager: it knows what is to come
    mapping: file of a mapping to take over, instead of one fitted to the source
    flange_to_wrist: the G1's wrist in the source's flange, a quaternion, w first; that of `mapping`, or none,
        unless given
    n_episodes: at most so many of the source's first episodes; 0 for all
    max_hand_error_m: an episode whose hands are farther off on average is left out
    group_size: worlds that are simulated together; part of what determines the output's bytes
    executor: local, or ray: on as many machines as the Ray cluster has that RAY_ADDRESS names
    workers: processes at a time; 0 for one a core
    num_threads: of the processor in each process (0: one a core, and one where there are several processes)
    seed: as every verb has one; nothing is drawn, since all robots are the nominal one
    """

    source: str = MISSING
    out: str = "outputs/retarget"
    checkpoint: str | None = None
    worker: str | None = None
    teacher: str | None = None
    mapping: str | None = None
    flange_to_wrist: list[float] | None = None
    n_episodes: int = 0
    max_hand_error_m: float = 0.15
    group_size: int = 128
    executor: str = "local"
    workers: int = 0
    num_threads: int = 0
    seed: int = 0
