"""The policy's side: one action for every request."""

import torch

from robolearn.bridge.deploy.exchange import PolicyAnswer, PolicyRequest
from robolearn.bridge.deploy.ports import Inbox, Outbox
from robolearn.bridge.safety.joints import Vector
from robolearn.policies.worker.balance import followed_imbalance, lean_of
from robolearn.policies.worker.command import CommandShaper
from robolearn.policies.worker.observation import observation
from robolearn.policies.worker.worker_policy import WorkerPolicy

_ANGULAR_VELOCITY, _GRAVITY = slice(0, 3), slice(3, 6)
_ONE = torch.zeros(1, dtype=torch.int64)


class DeployedWorker:
    """A worker that is told and shown what it was in training."""

    def __init__(self, policy: WorkerPolicy) -> None:
        self._policy, self._lean = policy, lean_of(policy)
        self._rate = policy.spec.control_rate_hz
        self._shaper = CommandShaper(1, 1.0 / self._rate)
        self._running = False

    @torch.inference_mode()
    def targets(self, request: PolicyRequest) -> Vector:
        """(A,) of the owned joints [rad]."""
        command = torch.from_numpy(request.command).float()[None]
        measured = torch.from_numpy(request.measurement).float()[None]
        if request.active and self._running:
            self._follow(command, measured)
        else:
            self._shaper.reset(_ONE, command[:, 3], torch.zeros(1))
            self._policy.reset(num_envs=1)
        self._running = request.active
        targets = self._policy.act(observation(command, self._shaper.gait, measured))
        return targets[0].double().numpy()

    def _follow(self, command: torch.Tensor, measured: torch.Tensor) -> None:
        unsteady = followed_imbalance(
            measured[:, _GRAVITY],
            measured[:, _ANGULAR_VELOCITY],
            self._shaper.gait,
            command,
            self._lean,
            self._rate,
        )
        self._shaper.step(command, unsteady)


class PolicyLoop:
    """Answers the newest request, each once."""

    def __init__(self, worker: DeployedWorker, requests: Inbox, answers: Outbox) -> None:
        self._worker, self._requests, self._answers = worker, requests, answers
        self._answered = 0

    def tick(self, now: float) -> None:
        """Answer what came since the last tick, if anything did. now: [s]."""
        message = self._requests.latest()
        if message is None:
            return
        request = PolicyRequest.of(message)
        if request.number != self._answered:
            self._answered = request.number
            targets = self._worker.targets(request)
            self._answers.put(PolicyAnswer(request.number, now, targets).vector())
