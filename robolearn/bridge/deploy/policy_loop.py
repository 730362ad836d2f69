"""The policy's side: one action for every request."""

from typing import Final, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from robolearn.bridge.deploy.exchange import PolicyAnswer, PolicyRequest
from robolearn.bridge.deploy.ports import Inbox, Outbox
from robolearn.policies.worker.command import CommandShaper
from robolearn.policies.worker.observation import observation
from robolearn.policies.worker.worker_policy import WorkerPolicy

_GRAVITY: Final = slice(3, 6)
"""In a measurement, before the joints' positions and velocities."""

Vector = NDArray[np.float64]

_ONE = torch.zeros(1, dtype=torch.int64)


class Follower(Protocol):
    """Takes a robot's hands where they are told, by commanding its worker; knows the robot's body."""

    @property
    def pelvis(self) -> Vector:
        """(3,) its place in the frame of the odometry [m]."""
        ...

    def locate(self, quaternion: Vector, angles: Vector) -> None:
        """Take a step of the odometry. quaternion: (4,) of the pelvis; angles: (J,) of all joints [rad]."""
        ...

    def rest(self) -> None:
        """Nothing to follow for now."""
        ...

    def command(self, hands: Vector, seen: Tensor) -> Tensor:
        """What the worker is commanded (1, 4), after `locate`.

        hands: (14,) goals; seen: (1, O) by the worker
        """
        ...

    def arm_targets(self) -> Vector:
        """(J - A,) of the other joints [rad], after `command`."""
        ...


class DeployedWorker:
    """A worker that is told and shown what it was in training."""

    def __init__(self, policy: WorkerPolicy, follower: Follower | None = None) -> None:
        self._policy, self._follower = policy, follower
        self._shaper = CommandShaper(1, 1.0 / policy.spec.control_rate_hz)
        self._request = torch.zeros(1)
        self._command = torch.zeros(1, 4)
        self._running = False

    @torch.inference_mode()
    def answer(self, request: PolicyRequest, now: float) -> PolicyAnswer:
        """What to do at the time `now` [s]."""
        measured = torch.from_numpy(request.measurement).float()[None]
        asked = torch.from_numpy(request.command).float()[None]
        begins = not (request.active and self._running)
        self._running = request.active
        if begins:
            self._shaper.reset(_ONE, asked[:, 3])
            self._policy.reset(num_envs=1)
            self._command = asked
        arms, place = self._follow_hands(request, measured, asked)
        if not begins:
            self._shaper.step(self._command, self._request)
        action = self._policy.act(observation(self._command, self._shaper.gait, measured))
        self._request = action[:, -1]
        return PolicyAnswer(request.number, now, place, action[0, :-1].double().numpy(), arms)

    def _follow_hands(self, request: PolicyRequest, measured: Tensor, asked: Tensor) -> tuple[Vector, Vector]:
        """Decide the worker's command; returns arm targets (J - A,), empty for none, and the place (3,)."""
        if self._follower is None:
            self._command = asked
            return np.empty(0), np.full(3, np.nan)
        measurement = request.measurement
        angles = measurement[_GRAVITY.stop : (len(measurement) + _GRAVITY.stop) // 2]
        self._follower.locate(request.quaternion / np.linalg.norm(request.quaternion), angles)
        place = self._follower.pelvis
        if not request.active or not np.isfinite(request.hands).all():
            self._follower.rest()
            self._command = asked
            return np.empty(0), place
        seen = observation(self._command, self._shaper.gait, measured)
        self._command = self._follower.command(request.hands, seen)
        return self._follower.arm_targets(), place


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
            self._answers.put(self._worker.answer(request, now).vector())
