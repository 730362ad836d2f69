"""Settings of residual reinforcement learning, with defaults for two cores.

Published budgets (KORR, A.5: 1024 worlds, 700-step rollouts, 50 epochs of the full batch, 1e9 steps)
belong to a GPU simulator; the numbers here keep learning about as expensive as simulating.
"""

from dataclasses import dataclass, field

from omegaconf import MISSING

from robolearn.reinforcement.settings import PpoOptimisation
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
class ResidualPpoOptimisation(PpoOptimisation):
    """Proximal policy optimisation of a residual.

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
    max_kl: float = 0.1
    discount: float = 0.997
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

    ppo: ResidualPpoOptimisation = field(default_factory=ResidualPpoOptimisation)
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
