"""Settings of the worker's training, from one run or in stages."""

from dataclasses import dataclass, field

from envs.humanoid.settings import CommandRanges, Pushes, RewardWeights
from robolearn.policies.worker.settings import WorkerNetworks
from robolearn.reinforcement.settings import GaussianOptimisation
from robolearn.training.settings import RunSettings


@dataclass
class WorkerOptimisation(GaussianOptimisation):
    """Proximal policy optimisation of the worker.

    initial_std, final_std: standard deviations of the actions at the first and at full difficulty. With wide
        ones, robots that are told to stand are always about to fall, and never learn to stand still
    walking_std: at full difficulty, of robots whose gait clock runs: a policy moves by a share of it in an
        update, and what it tries must stand out from the noise of the joints' torques
    averaged_iterations: over about how many of the last ones the weights that are saved are averaged
    critic_learning_rate, estimator_learning_rate: of Adam; chosen (TrajBooster, C.3: 1e-3 of the estimator)
    """

    walking_std: float = 0.3
    averaged_iterations: int = 100
    critic_learning_rate: float = 5e-4
    estimator_learning_rate: float = 5e-4


@dataclass
class Curriculum:
    """When the next episodes become harder or easier: by the simulated time between falls in an iteration.

    raise_seconds, lower_seconds: times above and below which the level changes [s]
    change: of the level, 0 to 1, an iteration
    start: level of the first episodes
    """

    raise_seconds: float = 20.0
    lower_seconds: float = 10.0
    change: float = 0.002
    start: float = 0.0


@dataclass
class WorkerPpoSettings(RunSettings):
    """`robolearn train algorithm=ppo_worker`: the G1's whole-body worker, from scratch or from another one.

    total_steps: control steps of all worlds together
    initial: checkpoint folder of a worker that training begins from, null for random weights; it goes well
        with `curriculum.start` and `ppo.critic_iterations`
    task: g1_worker, which owns legs and waist (15 joints), or g1_worker_legs (12)
    randomness, disturbance: differences between robots, noise and delays; pushes and punches
    privileged_share: of the worlds in which the true centre of mass balances robots that stand: they stay
        low, and the estimator learns what that looks like
    calm_share: of the worlds in which nobody pushes robots, and they squat; see `WorkerEpisodes`
    device: of the networks and of what they learn from, such as cpu or cuda
    physics: cpu (MuJoCo on the processor's threads), or warp (MuJoCo Warp on `device`, and with it all of a
        rollout; float32, and a run that goes on does not end with the same bytes)
    """

    task: str = "g1_worker"
    randomness: str = "full"
    disturbance: bool = True
    privileged_share: float = 0.25
    calm_share: float = 0.0
    num_envs: int = 512
    device: str = "cpu"
    physics: str = "cpu"
    initial: str | None = None
    networks: WorkerNetworks = field(default_factory=WorkerNetworks)
    ppo: WorkerOptimisation = field(default_factory=WorkerOptimisation)
    curriculum: Curriculum = field(default_factory=Curriculum)
    rewards: RewardWeights = field(default_factory=RewardWeights)
    commands: CommandRanges = field(default_factory=CommandRanges)
    pushes: Pushes = field(default_factory=lambda: Pushes(velocity=0.5, punch=250.0, punch_every=250))
    total_steps: int = 60_000_000
    minutes: float = 120.0
    out: str = "outputs/train/${task}"


@dataclass
class PunchedStage:
    """What comes once robots can walk: harder and more frequent punches, dearer falls, narrower exploration.

    Several workers go on from the one that walks, each with a seed of its own, and become one again as the
    mean of their weights (Wortsman et al., ICML 2022, "model soups").

    after_steps: control steps of all worlds together in which robots learn to walk; 0 where `initial` can
    calm_shares: each worker's `calm_share`: who is punched rises and steps, and forgets how it stands low
    punch, punch_every, extremities: see `Pushes`
    alive, unasked_steps, yaw_bias: see `RewardWeights`
    walking_std: see `WorkerOptimisation`
    critic_iterations, learning_rate: see `GaussianOptimisation`
    settling_steps: control steps in which the mean's estimator alone learns, from what it does; 0 for none
    """

    after_steps: int = 30_000_000
    calm_shares: list[float] = field(default_factory=lambda: [0.05, 0.25])
    punch: float = 500.0
    punch_every: int = 125
    extremities: float = 0.5
    alive: float = 16.0
    unasked_steps: float = -2.0
    yaw_bias: float = -4.0
    walking_std: float = 0.25
    critic_iterations: int = 12
    learning_rate: float = 2e-4
    settling_steps: int = 4_000_000


@dataclass
class StagedWorkerSettings(WorkerPpoSettings):
    """`robolearn train algorithm=ppo_worker_staged`: the G1's worker, which walks first and is punched then.

    total_steps: control steps of all worlds of all workers together
    num_threads: workers that train side by side share them
    """

    punched: PunchedStage = field(default_factory=PunchedStage)
    total_steps: int = 100_000_000
