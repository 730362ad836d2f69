"""Control steps a second of the worker's training: `measure.py [key=value ...]`.

See `scripts/benchmark_worker_gpu`. Prints a JSON line for each part: building ("built"), the first step with
what Warp compiles ("first_step"), the physics alone ("physics"), the environment with random actions and
restarting worlds ("environment"), and whole iterations of training ("training").
"""

import json
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

import torch

from robolearn.errors import refusing
from robolearn.overrides import chosen
from robolearn.reinforcement.worker.settings import WorkerOptimisation, WorkerPpoSettings
from robolearn.reinforcement.worker.train import make_trainer
from robolearn.reinforcement.worker.trainer import WorkerTrainer

MINIBATCHES = 6
"""Of an epoch, whatever the number of worlds."""

DEFAULTS = {"num_envs": "512,4096", "physics": "cpu,warp", "device": "cuda", "seconds": "5", "limit": "60"}


@dataclass
class Case:
    """One kind of physics with so many worlds."""

    physics: str
    device: str
    num_envs: int
    seconds: float

    def settings(self) -> WorkerPpoSettings:
        """A run that is never written."""
        optimisation = WorkerOptimisation()
        optimisation.minibatch_size = max(256, self.num_envs * optimisation.rollout_steps // MINIBATCHES)
        return WorkerPpoSettings(
            num_envs=self.num_envs,
            physics=self.physics,
            device=self.device,
            ppo=optimisation,
            wandb="disabled",
            out="unused",
        )

    def report(self, part: str, **values: Any) -> None:
        """Print one line."""
        which = {"physics": self.physics, "device": self.device, "num_envs": self.num_envs}
        print(json.dumps({"part": part, **which, **values}), flush=True)

    def measure(self) -> None:
        """All parts, one after the other."""
        begun = time.perf_counter()
        trainer = make_trainer(self.settings())
        trainer.episodes.level = 1.0
        self.report("built", seconds=round(time.perf_counter() - begun, 2))
        begun = time.perf_counter()
        trainer.start()
        self._act(trainer)
        finish()
        self.report("first_step", seconds=round(time.perf_counter() - begun, 2))
        simulation = trainer.episodes.environment.simulation
        every = torch.arange(self.num_envs, device=simulation.device)
        self._repeat("physics", lambda: simulation.step(every, simulation.substeps), self.num_envs)
        trainer.start()
        self._repeat("environment", lambda: self._act(trainer), self.num_envs)
        trainer.start()
        steps = self.num_envs * trainer.settings.ppo.rollout_steps
        self._repeat("training", trainer.iterate, steps)

    def _act(self, trainer: WorkerTrainer) -> None:
        episodes = trainer.episodes
        episodes.step(0.5 * torch.randn(self.num_envs, episodes.action_size, device=episodes.device))

    def _repeat(self, part: str, work: Callable[[], object], steps: int) -> None:
        """For so long, after one time that is not counted; steps: control steps of one `work`."""
        work()
        finish()
        count, begun = 0, time.perf_counter()
        while time.perf_counter() - begun < self.seconds:
            work()
            finish()
            count += 1
        seconds = (time.perf_counter() - begun) / count
        self.report(part, control_steps_per_s=round(steps / seconds), milliseconds=round(1e3 * seconds, 2))


def finish() -> None:
    """Wait for the GPU."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()


class Late(Exception):
    """A case has had its time."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise Late in the block after so long."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise Late

    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)


def main(arguments: list[str]) -> None:
    """Measure every kind of physics with every number of worlds. Raises UserError for a key there is not."""
    given = chosen(arguments, DEFAULTS)
    for physics in given["physics"].split(","):
        for num_envs in given["num_envs"].split(","):
            case = Case(physics, given["device"], int(num_envs), float(given["seconds"]))
            try:
                with limited(float(given["limit"])):
                    case.measure()
            except Late:
                case.report("late", limit=float(given["limit"]))
            except RuntimeError:
                case.report("failed")
                traceback.print_exc()


if __name__ == "__main__":
    with refusing("benchmark_worker_gpu"):
        main(sys.argv[1:])
