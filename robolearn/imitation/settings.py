"""Settings of imitation learning, with defaults for two cores."""

from dataclasses import dataclass, field

from omegaconf import MISSING

from robolearn.policies.settings import DiffusionSettings
from robolearn.training.manager_settings import ManagerRunSettings
from robolearn.training.settings import RunSettings


@dataclass
class CloningOptimisation:
    """AdamW on the denoising error.

    batch_size: samples a gradient step (KORR, A.4)
    learning_rate: at its peak; the published 1e-4 is for the U-Net and millions of steps
    warmup_steps: the learning rate rises from 0 over these
    final_learning_rate: share of it that is left at `total_steps` (cosine)
    near_steps, near_weight: so many first actions of a chunk weigh so much more than the others, which are
        seldom or never carried out
    metre_weight: of actions in metres; an error of 1 mm is small once normalised, and decides an assembly
    average_decay: the policy is an exponential average of the weights with this decay, 0 for the last ones
    """

    batch_size: int = 256
    learning_rate: float = 1e-3
    warmup_steps: int = 500
    final_learning_rate: float = 0.0
    weight_decay: float = 1e-6
    max_gradient_norm: float = 1.0
    near_steps: int = 8
    near_weight: float = 5.0
    metre_weight: float = 10.0
    average_decay: float = 0.0


@dataclass
class BehaviourCloningSettings(RunSettings):
    """`robolearn train algorithm=behaviour_cloning`: a diffusion policy from demonstrations.

    dataset: folder of the demonstrations, such as the out of robolearn collect
    task: that they must be of
    total_steps: gradient steps
    steps_per_iteration: gradient steps between two lines of the log
    held_out_fraction: of the episodes, which training does not see
    measure_every: iterations between two measurements on those, 0 for none
    device: of the networks, such as cpu or cuda
    """

    dataset: str = MISSING
    task: str = "one_leg"
    policy: DiffusionSettings = field(default_factory=DiffusionSettings)
    optimisation: CloningOptimisation = field(default_factory=CloningOptimisation)
    total_steps: int = 36_000
    steps_per_iteration: int = 200
    held_out_fraction: float = 0.05
    measure_every: int = 10
    device: str = "cpu"
    out: str = "outputs/train/${task}_base"


@dataclass
class DaggerOptimisation:
    """How a student follows its teacher's labels (TrajBooster, C.5).

    method: harmonised regresses on the newest rollout in each iteration, and on the aggregate of all in every
        `aggregate_every`-th; dagger on the aggregate alone, in each; cloning like dagger, the teacher acting
    rollout_steps: control steps a world in an iteration
    epochs, minibatches: passes over a rollout, each in so many gradient steps
    aggregate_every: iterations between two passes over the aggregate
    aggregate_samples: of a rollout, drawn at random, that the aggregate keeps; published: all of them
    aggregate_batch: samples a gradient step on the aggregate
    """

    method: str = "harmonised"
    rollout_steps: int = 50
    epochs: int = 5
    minibatches: int = 8
    learning_rate: float = 1e-3
    max_gradient_norm: float = 1.0
    aggregate_every: int = 10
    aggregate_samples: int = 6400
    aggregate_batch: int = 6400


@dataclass
class DaggerSettings(ManagerRunSettings):
    """`robolearn train algorithm=dagger`: the manager, from a teacher that knows where the pelvis should be.

    teacher: mended; published, or published with one or both of its faults mended: published_in_heading,
        published_turning, published_in_heading_turning
    """

    teacher: str = "mended"
    dagger: DaggerOptimisation = field(default_factory=DaggerOptimisation)
    out: str = "outputs/train/g1_manager"
