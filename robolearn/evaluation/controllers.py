"""What acts in an evaluation: a checkpoint's policy, or the task's expert or teacher; one interface."""

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from torch import Tensor, inference_mode

from robolearn.environment import BatchedEnvironment
from robolearn.errors import UserError
from robolearn.policies.policy import Policy
from robolearn.policies.worker.drive import Drive


class Controller(Protocol):
    """Acts in N worlds; an `Expert` is one already."""

    def reset(self, episode_seeds: Tensor, env_ids: Tensor | None = None) -> None:
        """New episodes, of seeds (K,), begin in the worlds env_ids, (K,), or in all."""
        ...

    def act(self, observation: Tensor) -> Tensor:
        """Actions, (N, A) float32, for observations (N, O)."""
        ...


@runtime_checkable
class Seedable(Protocol):
    """A policy that draws random numbers."""

    def seed(self, seed: int) -> None:
        """Start its random sequence anew."""
        ...


@runtime_checkable
class Adopting(Protocol):
    """An environment that runs a policy with the servos and limits that the policy asks for."""

    def adopt(self, drive: Drive) -> None:
        """From now on run one that drives its joints like this."""
        ...


class PolicyController:
    """A policy as a controller of `num_envs` worlds; `seed` fixes what randomness it has."""

    def __init__(self, policy: Policy, num_envs: int, seed: int) -> None:
        self._policy = policy.eval()
        self._num_envs = num_envs
        policy.reset(num_envs=num_envs)
        if isinstance(policy, Seedable):
            policy.seed(seed)

    def reset(self, episode_seeds: Tensor, env_ids: Tensor | None = None) -> None:
        """See Controller.reset."""
        self._policy.reset(env_ids, num_envs=self._num_envs)

    @inference_mode()
    def act(self, observation: Tensor) -> Tensor:
        """See Controller.act."""
        return self._policy.act(observation)


@dataclass(frozen=True)
class ControllerChoice:
    """What the user asked for, checked: a checkpoint, or else a teacher, or else the expert."""

    checkpoint: str | None
    device: str
    seed: int
    teacher: str | None = None

    @classmethod
    def of(
        cls, checkpoint: str | None, expert: bool, device: str, seed: int, teacher: str | None = None
    ) -> "ControllerChoice":
        """Raises UserError unless it is exactly one of checkpoint, expert and teacher."""
        given = [f"checkpoint={checkpoint}"] * (checkpoint is not None) + ["expert=true"] * expert
        given += [f"teacher={teacher}"] * (teacher is not None)
        if len(given) > 1:
            raise UserError(f"{' and '.join(given)} exclude each other: give one of them")
        if not given:
            raise UserError("nothing to run: give checkpoint=DIR, or expert=true for the scripted expert")
        return cls(checkpoint, device, seed, teacher)

    def identity(self) -> dict[str, Any]:
        """What distinguishes it: the checkpoint's kind and the fingerprint of its weights."""
        if self.teacher is not None:
            return {"kind": "teacher", "name": self.teacher}
        if self.checkpoint is None:
            return {"kind": "expert"}
        from robolearn.checkpoint import load_checkpoint
        from robolearn.policies.worker.onnx_policy import is_onnx_controller, onnx_identity

        if is_onnx_controller(self.checkpoint):
            return onnx_identity(self.checkpoint)
        checkpoint = load_checkpoint(self.checkpoint)
        return {"kind": checkpoint.kind, "identity": checkpoint.identity}

    def build(self, environment: BatchedEnvironment) -> Controller:
        """Ready to run in `environment`. Raises UserError as `load_policy` or `load_onnx_policy`."""
        if self.teacher is not None:
            from envs.registry import make_teacher

            return make_teacher(environment, self.teacher)
        if self.checkpoint is None:
            from envs.registry import make_expert

            return make_expert(environment)
        from robolearn.policies.registry import load_policy
        from robolearn.policies.worker.onnx_policy import is_onnx_controller

        if is_onnx_controller(self.checkpoint):
            policy = _opponent(self.checkpoint, environment)
        else:
            policy = load_policy(self.checkpoint, self.device, environment.spec)
        return PolicyController(policy, environment.num_envs, self.seed)


def _opponent(path: str, environment: BatchedEnvironment) -> Policy:
    """The ONNX controller in a folder, which `environment` runs as it wants to be run."""
    from robolearn.policies.worker.onnx_policy import load_onnx_policy

    if not isinstance(environment, Adopting):
        raise UserError(f"{path} holds an ONNX controller, which no task but g1_tour runs: give task=g1_tour")
    policy = load_onnx_policy(path, environment.spec)
    environment.adopt(policy.drive)
    return policy
