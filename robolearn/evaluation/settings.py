"""Settings of the verbs eval, report, view and bench."""

from dataclasses import dataclass, field


@dataclass
class EvaluateSettings:
    """`robolearn eval`: how often a policy succeeds.

    checkpoint: folder of the policy, or the run that trained it
    expert: evaluate the task's scripted expert instead of a checkpoint
    teacher: evaluate one of the task's teachers instead, such as mended or published of g1_reach
    randomness: of the initial layout, such as low, med or high
    disturbance: push the parts at random during the episode
    n_episodes: episodes, whose seeds follow from `seed` alone: equal seeds compare policies in pairs
    num_envs, num_threads: worlds stepped together, and simulation threads (0: one a core)
    device: of the policy's networks, such as cpu or cuda
    video: also write a video of one success and of one failure
    """

    checkpoint: str | None = None
    expert: bool = False
    teacher: str | None = None
    task: str = "one_leg"
    randomness: str = "low"
    disturbance: bool = False
    n_episodes: int = 1000
    seed: int = 7
    num_envs: int = 256
    num_threads: int = 0
    device: str = "cpu"
    video: bool = False
    out: str = "outputs/eval/${task}"


@dataclass
class ReportSettings:
    """`robolearn report`: one HTML page about finished runs.

    runs: output folders of eval, train, collect and bench, such as [outputs/eval/base,outputs/train/base]
    title: heading of the page
    """

    runs: list[str] = field(default_factory=list)
    title: str = "robolearn report"
    seed: int = 0
    out: str = "outputs/report"


@dataclass
class ViewSettings:
    """`robolearn view`: watch a policy in MuJoCo's viewer, or in a browser where there is no display.

    checkpoint: folder of the policy, or the run that trained it
    expert: watch the task's scripted expert instead of a checkpoint
    viewer: window, web, or auto for a window where there is a display
    drive: command a robot with keys or sliders, where the task has commands; false for the episodes' own
    speed: simulated seconds a wall second
    port: of the web viewer, which only this machine can reach; 0 for any free one
    episodes: stop after this many, 0 to go on until closed
    out: folder to record these settings in, null for none
    """

    checkpoint: str | None = None
    expert: bool = False
    task: str = "one_leg"
    randomness: str = "low"
    disturbance: bool = False
    device: str = "cpu"
    viewer: str = "auto"
    drive: bool = True
    speed: float = 1.0
    port: int = 8080
    episodes: int = 0
    seed: int = 7
    out: str | None = None


@dataclass
class BenchSettings:
    """`robolearn bench`: how fast the simulation is, against the bare physics engine.

    disturbance: push the parts at random during the episode
    checkpoint: of the policy that acts; null for the task's expert, or the policy that is shipped for it
    num_envs, num_threads: worlds stepped together, and simulation threads (0: one a core)
    seconds: wall time to measure for, half in the environment and half in the bare engine
    """

    checkpoint: str | None = None
    task: str = "one_leg"
    randomness: str = "low"
    disturbance: bool = False
    num_envs: int = 256
    num_threads: int = 0
    seconds: float = 60.0
    seed: int = 7
    out: str = "outputs/bench/${task}"
