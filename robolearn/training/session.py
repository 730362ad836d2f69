"""A training run on disk: budget, measurements, checkpoints, metrics, and going on after a kill."""

import dataclasses
import logging
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tqdm import tqdm

from robolearn.allocation import keep_freed_memory
from robolearn.checkpoint import load_training_state, save_training_state
from robolearn.errors import UserError
from robolearn.interruption import on_interruption
from robolearn.storage import existing_directory, write_json
from robolearn.tracking import RunLogger
from robolearn.training.settings import RunSettings
from robolearn.training.trainer import Trainer

logger = logging.getLogger(__name__)

LATEST, BEST, STATE, SUMMARY = "checkpoint", "best", "training_state", "train.json"
"""In a run's directory: the newest policy, the one that measured best, what a kill goes on from."""

CHANGEABLE = frozenset(
    {"total_steps", "minutes", "checkpoint_minutes", "num_threads", "device", "wandb", "out", "resume"}
)
"""Settings that a run may go on with differently."""

SavePolicy = Callable[[Path, dict[str, Any]], None]
"""Writes the policy as it is to a checkpoint folder, with what is known about it."""


@dataclass(frozen=True)
class Measurement:
    """How the policy is measured while it learns.

    measure: returns metrics, named for the log
    every_iterations: also before the first and after the last iteration; 0 for never
    score: the metric by which the best policy is kept, the higher the better; None keeps the newest only
    """

    measure: Callable[[], dict[str, float]]
    every_iterations: int
    score: str | None = None


@dataclass
class Standing:
    """What a session remembers beside its trainer.

    minutes: trained so far
    measured_iteration: of the last measurement
    first, best, last: what was measured; `best` is the last of those with the highest score
    """

    minutes: float = 0.0
    measured_iteration: int = -1
    first: dict[str, float] = field(default_factory=dict)
    best: dict[str, float] = field(default_factory=dict)
    last: dict[str, float] = field(default_factory=dict)


class Session:
    """Runs a trainer until its budget is spent.

    A checkpoint is written at the end of the first iteration that is `checkpoint_minutes` after the last,
    and the policy that measures best is kept beside the newest. `training_state` alone decides how a
    killed run goes on. Interrupted, it ends the iteration and saves first; by a second SIGINT at once.
    """

    def __init__(
        self, settings: RunSettings, trainer: Trainer, measurement: Measurement, save_policy: SavePolicy
    ) -> None:
        self.settings = settings
        self.out = Path(settings.resume or settings.out)
        self.trainer = trainer
        self.standing = Standing()
        self._measurement = measurement
        self._save_policy = save_policy
        self._interrupted = False

    def run(self) -> dict[str, Any]:
        """Train until the budget is spent; returns what `train.json` holds.

        Raises as `disk_errors`, and KeyboardInterrupt where it is interrupted.
        """
        keep_freed_memory()
        if self.settings.resume:
            self._load()
        else:
            self._refuse_another_run()
        first_row = self.trainer.iteration + 1 if self.settings.resume else 0
        config = dataclasses.asdict(self.settings)
        with RunLogger(self.out, self.settings.wandb, config, first_row) as log:
            self._clock = time.monotonic()
            if not self.settings.resume:
                self._start(log)
            with on_interruption(self._interrupt):
                self._train(log)
            return self._finish(log)

    def _load(self) -> None:
        tensors, state = load_training_state(self.out / STATE)
        self._check_settings(state["settings"])
        self.standing = Standing(**state["standing"])
        self.trainer.restore(tensors)
        logger.info("going on at iteration %d, %d steps", self.trainer.iteration, self.trainer.steps)

    def _check_settings(self, saved: dict[str, Any]) -> None:
        for name, value in dataclasses.asdict(self.settings).items():
            if name not in CHANGEABLE and saved.get(name) != value:
                raise UserError(
                    f"resume={self.out}: {name} is {value} but the run has {saved.get(name)}; "
                    f"only {', '.join(sorted(CHANGEABLE - {'out', 'resume'}))} may change"
                )

    def _refuse_another_run(self) -> None:
        if existing_directory(self.out / STATE).exists():
            raise UserError(f"out={self.out} already holds a run: use resume={self.out} or another out")

    def _start(self, log: RunLogger) -> None:
        self.trainer.start()
        self._write(log, self._measured() if self._measurement.every_iterations else {})
        self._save()

    def _train(self, log: RunLogger) -> None:
        saved = time.monotonic()
        total = self.settings.total_steps
        with tqdm(total=total, initial=self.trainer.steps, unit="step", unit_scale=True, disable=None) as bar:
            while not self._spent():
                before = self.trainer.steps
                self._iterate(log)
                bar.set_postfix_str(self._time_shown(), refresh=False)
                bar.update(self.trainer.steps - before)
                if self._interrupted:
                    self._save()
                    raise KeyboardInterrupt
                if time.monotonic() - saved > 60.0 * self.settings.checkpoint_minutes:
                    self._save()
                    saved = time.monotonic()

    def _interrupt(self) -> None:
        self._interrupted = True
        signal.signal(signal.SIGINT, signal.default_int_handler)  # Who asks again does not want to wait.

    def _time_shown(self) -> str:
        limit = f" of {self.settings.minutes:g}" if self.settings.minutes else ""
        return f"{self.standing.minutes:.1f}{limit} min"

    def _spent(self) -> bool:
        late = 0.0 < self.settings.minutes <= self.standing.minutes
        return late or self.trainer.steps >= self.settings.total_steps

    def _iterate(self, log: RunLogger) -> None:
        """One iteration, measured when due."""
        steps, began = self.trainer.steps, time.monotonic()
        metrics = self.trainer.iterate()
        metrics["time/steps_per_second"] = (self.trainer.steps - steps) / (time.monotonic() - began)
        every = self._measurement.every_iterations
        if every and self.trainer.iteration % every == 0:
            metrics |= self._measured()
        self._write(log, metrics)

    def _measured(self) -> dict[str, float]:
        """Measure the policy, and keep it when it is the best so far."""
        found = self._measurement.measure()
        standing, score = self.standing, self._measurement.score
        standing.measured_iteration = self.trainer.iteration
        standing.first = standing.first or found
        standing.last = found
        if score is not None and (not standing.best or found[score] >= standing.best[score]):
            standing.best = found
            self._save_policy(self.out / BEST, self._summary())
        return found

    def _write(self, log: RunLogger, metrics: dict[str, float]) -> None:
        now = time.monotonic()
        self.standing.minutes += (now - self._clock) / 60.0
        self._clock = now
        counters = {self.trainer.counted: float(self.trainer.steps), "time/minutes": self.standing.minutes}
        log.log(self.trainer.iteration, counters | metrics)

    def _summary(self) -> dict[str, Any]:
        progress = {"iteration": self.trainer.iteration, self.trainer.counted: self.trainer.steps}
        return progress | dataclasses.asdict(self.standing)

    def _save(self) -> None:
        """Write the newest policy and the state that a killed run goes on from."""
        self._save_policy(self.out / LATEST, self._summary())
        state = {"settings": dataclasses.asdict(self.settings), "standing": dataclasses.asdict(self.standing)}
        save_training_state(self.out / STATE, self.trainer.state(), state)

    def _finish(self, log: RunLogger) -> dict[str, Any]:
        """Measure the last policy unless that was just done, and save."""
        if self._measurement.every_iterations and self.standing.measured_iteration != self.trainer.iteration:
            self._write(log, self._measured())
        self._save()
        write_json(self.out / SUMMARY, self._summary())
        return self._summary()
