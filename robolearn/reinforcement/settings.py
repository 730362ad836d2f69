"""Settings of residual reinforcement learning, with defaults for two cores.

Published budgets (KORR, A.5: 1024 worlds, 700-step rollouts, 50 epochs of the full batch, 1e9 steps)
belong to a GPU simulator; the numbers here keep learning about as expensive as simulating.
"""

from dataclasses import dataclass, field

from omegaconf import MISSING

from envs.humanoid.settings import CommandRanges, Pushes, RewardWeights
from robolearn.policies.worker.settings import WorkerNetworks
from robolearn.training.manager_settings import ManagerRunSettings
from robolearn.training.settings import RunSettings


@dataclass
class ResidualNetworks:
    """The residual actor: which one, and its sizes (KORR, A.2).

    actor: koopman (KORR), mlp (ResiP), or nonlinear (ResiP on a learnt perceptron's prediction, A.7)
    lifted_size: dimension d of the latent; 128 is the published optimum, 256 the published default
    hidden_size: width of the hidden layers
    goal: the actor also sees the end of a successful demonstration from `dataset` (A.6)
    detach: keep the policy gradient out of the dynamics model ("w/o bkp", A.3)
    stop_target_gradient: the dynamics loss does not move the latent that it predicts
    initialisation: of the Koopman model: scaled (informative and standing still) or published (A.2)
    """

    actor: str = "koopman"
    lifted_size: int = 128
    hidden_size: int = 256
    goal: bool = False
    detach: bool = False
    stop_target_gradient: bool = False
    initialisation: str = "scaled"


@dataclass
class PpoOptimisation:
    """Proximal policy optimisation.

    rollout_steps: control steps a world between updates
    minibatch_size, epochs: samples a gradient step, and passes over the rollout
    actor_learning_rate, critic_learning_rate: at the peak
    critic_iterations: first iterations in which only the critic learns: without it advantages are noise
    actor_warmup_iterations: the actor's learning rate rises from 0 over the next ones
    final_learning_rate: share of the actor's rate that is left at `total_steps` (cosine)
    max_kl: an update stops early beyond this mean divergence from the policy that acted
    noise_log_std: log of the residual's standard deviation, fixed; e^-2 x action_scale 0.1 executes 0.014,
        2 mm of `one_leg`'s range; the published -1 takes more of the base's success than an hour gives back
    koopman_weight: weight of the latent prediction error
    bfloat16: compute the actor's loss with half the digits; three times as fast on processors that have it
        (avx512_bf16, amx_bf16), slower on others; acting and the critic keep float32
    """

    rollout_steps: int = 192
    minibatch_size: int = 4096
    epochs: int = 5
    actor_learning_rate: float = 3e-4
    critic_learning_rate: float = 1e-3
    critic_iterations: int = 8
    actor_warmup_iterations: int = 4
    final_learning_rate: float = 0.1
    clip: float = 0.2
    max_kl: float = 0.1
    max_gradient_norm: float = 1.0
    discount: float = 0.997
    gae_lambda: float = 0.95
    noise_log_std: float = -2.0
    koopman_weight: float = 1.0
    bfloat16: bool = False


@dataclass
class Td3Optimisation:
    """Off-policy learning after ResFiT (arXiv 2509.19301), slowed to what two cores can update.

    warmup_steps: control steps of all worlds acted by the base, half of the worlds with noise
    warmup_noise: half-width of that uniform noise, in residual units (1 is action_scale)
    warmup_updates: critic steps on those before the actor learns
    updates_per_step: critic steps for one step of the batch; over num_envs it is the update-to-data ratio
    actor_every: critic steps for one actor step
    batch_size, demonstration_share: samples a step, and how many of them are demonstrations (RLPD)
    heads, target_heads: critics, and how many random ones the target takes the least of (RED-Q)
    exploration_noise, smoothing_noise, smoothing_limit: in residual units
    target_rate: share that targets move towards the networks with each step
    capacity: transitions kept; the oldest go first
    """

    warmup_steps: int = 40_000
    warmup_noise: float = 1.0
    warmup_updates: int = 2_000
    updates_per_step: int = 16
    actor_every: int = 4
    batch_size: int = 256
    demonstration_share: float = 0.5
    returns_steps: int = 5
    discount: float = 0.995
    heads: int = 5
    target_heads: int = 2
    hidden_size: int = 256
    actor_learning_rate: float = 1e-5
    critic_learning_rate: float = 3e-4
    target_rate: float = 0.005
    exploration_noise: float = 0.3
    smoothing_noise: float = 0.3
    smoothing_limit: float = 0.6
    max_gradient_norm: float = 1.0
    koopman_weight: float = 1.0
    capacity: int = 300_000


@dataclass
class Validation:
    """Deterministic episodes that neither training nor any evaluation uses.

    every_iterations: 0 turns it off; iteration 0 measures the base policy alone
    """

    episodes: int = 128
    every_iterations: int = 20


@dataclass
class ResidualSettings(RunSettings):
    """What refining a frozen base policy needs, whatever the algorithm.

    total_steps: control steps of all worlds together
    base: checkpoint folder of the base policy, or the run that trained it
    randomness: of the initial layout, such as low, med or high
    disturbance: push the parts at random during the episode
    dataset: demonstrations of the same task, null for none
    num_envs: worlds stepped together
    episode_steps: training episodes are truncated after so many, null for the task's own limit; what has not
        succeeded in the time of most successes seldom does, and costs simulation
    action_scale: executed = base + action_scale * residual, normalised
    """

    base: str = MISSING
    task: str = "one_leg"
    randomness: str = "low"
    disturbance: bool = False
    dataset: str | None = None
    num_envs: int = 128
    episode_steps: int | None = None
    action_scale: float = 0.1
    networks: ResidualNetworks = field(default_factory=ResidualNetworks)
    validation: Validation = field(default_factory=Validation)
    total_steps: int = 2_000_000
    minutes: float = 60.0
    out: str = "outputs/train/${task}_residual"


@dataclass
class ResidualPpoSettings(ResidualSettings):
    """`robolearn train algorithm=ppo_residual`: refine a frozen base policy with PPO (KORR, ResiP).

    reward_scale: factor on rewards; 5 is what the published normalisation comes to for sparse rewards
    normalise_reward: divide by the running standard deviation of returns, and clip at 5
    """

    ppo: PpoOptimisation = field(default_factory=PpoOptimisation)
    reward_scale: float = 5.0
    normalise_reward: bool = False
    out: str = "outputs/train/${task}_ppo_residual"


@dataclass
class ResidualTd3Settings(ResidualSettings):
    """`robolearn train algorithm=td3_residual`: refine a frozen base off-policy, with demonstrations.

    dataset: demonstrations of the same task for the replay, null for none
    steps_per_iteration: steps of the batch between two lines of the log
    """

    td3: Td3Optimisation = field(default_factory=Td3Optimisation)
    steps_per_iteration: int = 100
    num_envs: int = 64
    total_steps: int = 1_000_000
    out: str = "outputs/train/${task}_td3_residual"


@dataclass
class GaussianOptimisation:
    """Proximal policy optimisation of a network's own actions.

    rollout_steps: control steps a world between updates
    minibatch_size, epochs: samples a gradient step, and passes over the rollout
    learning_rate: at the start; it follows the divergence from then on
    target_kl: mean divergence of an update that the learning rate aims at
    initial_std, final_std: standard deviations of the actions at the beginning and at the end
    critic_iterations: first iterations in which only the critic learns: with an actor that can already do
        something, what a new critic says would spoil it
    """

    rollout_steps: int = 24
    minibatch_size: int = 2048
    epochs: int = 3
    learning_rate: float = 5e-4
    target_kl: float = 0.015
    clip: float = 0.2
    initial_std: float = 0.4
    final_std: float = 0.1
    max_gradient_norm: float = 1.0
    discount: float = 0.99
    gae_lambda: float = 0.95
    critic_iterations: int = 0


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
class ManagerOptimisation(GaussianOptimisation):
    """Proximal policy optimisation of the manager, whose actions are in units of `COMMAND_SCALE`.

    initial_std, final_std: standard deviations of the actions at the first and at the last step of the budget
    """

    rollout_steps: int = 32
    epochs: int = 5
    initial_std: float = 0.5


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
    punch, punch_every: see `Pushes`
    alive, unasked_steps: see `RewardWeights`
    walking_std: see `WorkerOptimisation`
    critic_iterations, learning_rate: see `GaussianOptimisation`
    settling_steps: control steps in which the mean's estimator alone learns, from what it does; 0 for none
    """

    after_steps: int = 24_000_000
    calm_shares: list[float] = field(default_factory=lambda: [0.05, 0.25])
    punch: float = 500.0
    punch_every: int = 125
    alive: float = 16.0
    unasked_steps: float = -2.0
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


@dataclass
class ManagerPpoSettings(ManagerRunSettings):
    """`robolearn train algorithm=ppo_manager`: the G1's manager from scratch, without a teacher.

    critic_hidden: even widths of the critic's hidden layers
    """

    critic_hidden: list[int] = field(default_factory=lambda: [256, 128])
    ppo: ManagerOptimisation = field(default_factory=ManagerOptimisation)
    out: str = "outputs/train/g1_manager_ppo"
