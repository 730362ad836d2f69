"""What is measured of a worker where the task's own commands would not show it."""

from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor

from envs.humanoid.settings import Pushes
from envs.humanoid.tasks import worker
from envs.humanoid.worker import WorkerEnvironment
from robolearn.environment import episode_seeds
from robolearn.evaluation.wilson import wilson_interval
from robolearn.policies.policy import Policy

HEIGHTS: Final = (0.74, 0.6, 0.5, 0.4, 0.35, 0.3)
"""Of the pelvis, at which a robot is told to stand [m]."""

TOLD: Final = (
    *((0.4, 0.0, 0.0), (0.6, 0.0, 0.0), (1.0, 0.0, 0.0), (1.2, 0.0, 0.0), (-0.8, 0.0, 0.0)),
    *((0.0, 0.5, 0.0), (0.0, 0.0, 1.0)),
)
"""Velocities ahead and sideways, and yaw rates, that robots are told to walk with [m/s, rad/s]."""

WALKING_HEIGHT: Final = 0.74
PUNCHES: Final = Pushes(velocity=0.5, punch=500.0, punch_every=250)
"""As the walking tour has them, and pushes besides."""

SETTLED, ENDS = 100, 1000
"""Control steps of a test: until a robot has done what it was told, and to its end, 20 s."""

WORLDS: Final = 512
"""That are punched together."""


@dataclass(frozen=True)
class Probe:
    """A worker, and the seed that its robots and their arms' motions are drawn from."""

    policy: Policy
    seed: int
    episodes: int

    def standing(self, height: float, arms: bool) -> dict[str, Any]:
        """Nominal robots told to stand at a height [m], with arms that move or are still.

        stepping: share of the control steps with a gait clock that runs, after 2 s
        drift, median_drift: of the robots from where they were after 2 s to where they end [m]
        """
        environment = worker(self.episodes, randomness="none")
        environment.difficulty.arms[:] = float(arms)
        observation = self._begin(environment, torch.tensor([0.0, 0.0, 0.0, height]))
        places, stepping = environment.simulation.view("qpos")[:, :2], torch.zeros(self.episodes)
        start = places.clone()
        for step in range(ENDS):
            observation = environment.step(self.policy.act(observation)).observation
            if step == SETTLED:
                start = places.clone()
            stepping += (step > SETTLED) * environment.shaper.gait.moving
        drift = (places - start).norm(dim=1)
        return {
            "height": height,
            "arms": "move" if arms else "still",
            "stepping": float(stepping.mean()) / (ENDS - SETTLED),
            "drift": float(drift.mean()),
            "median_drift": float(drift.median()),
            "falls": self._falls(environment),
        }

    def told(self, velocity: tuple[float, float, float]) -> dict[str, Any]:
        """How fast nominal robots go on average that are told to, arms moving [m/s, m/s, rad/s]."""
        environment = worker(self.episodes, randomness="none")
        observation = self._begin(environment, torch.tensor([*velocity, WALKING_HEIGHT]))
        done = torch.zeros(self.episodes, 3)
        for step in range(ENDS):
            observation = environment.step(self.policy.act(observation)).observation
            state = environment.state
            now = torch.cat((state.velocity_in_heading[:, :2], state.yaw_rate[:, None]), 1)
            done += (step >= SETTLED) * now
        mean = (done / (ENDS - SETTLED)).mean(0)
        return {"told": velocity, "done": mean.tolist(), "falls": self._falls(environment)}

    def punched(self, randomness: str) -> dict[str, Any]:
        """How many episodes under `PUNCHES` are survived, commands and arms as the task has them."""
        environment = worker(WORLDS, randomness=randomness, disturbance=True, pushes=PUNCHES)
        observation = environment.reset(episode_seeds(self.seed, 0, WORLDS))
        self.policy.reset(num_envs=WORLDS)
        while not bool(environment.done.all()):
            observation = environment.step(self.policy.act(observation)).observation
        stood = WORLDS - self._falls(environment)
        return {"randomness": randomness, "survived": stood / WORLDS, "ci95": wilson_interval(stood, WORLDS)}

    def _begin(self, environment: WorkerEnvironment, command: Tensor) -> Tensor:
        observation = environment.reset(episode_seeds(self.seed, 0, self.episodes))
        environment.set_command(command.expand(self.episodes, 4))
        self.policy.reset(num_envs=self.episodes)
        return observation

    def _falls(self, environment: WorkerEnvironment) -> int:
        return int((environment.phase != 0).sum())
