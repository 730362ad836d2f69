"""A training run on disk: budget, validation, checkpoints, log, and going on after a kill."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from robolearn.checkpoint import load_training_state, save_training_state
from robolearn.reinforcement.progress_log import ProgressLog
from robolearn.reinforcement.run_directory import TRAINING_STATE
from robolearn.reinforcement.trainer import Trainer
from robolearn.reinforcement.validation import ValidationResult
from robolearn.storage import write_json

logger = logging.getLogger(__name__)

LATEST, BEST = "checkpoint", "best"
"""Folders of a run directory: the newest policy, and the one that validated best."""


@dataclass
class Budget:
    """When to stop and when to save; `minutes` 0 means no limit."""

    total_steps: int
    minutes: float
    checkpoint_minutes: float


@dataclass
class Standing:
    """What a session remembers beside its trainer."""

    minutes: float = 0.0
    base_success_rate: float | None = None
    best_success_rate: float = -1.0
    last_success_rate: float | None = None


class Session:
    """Runs a trainer until its budget is spent.

    A checkpoint is written at the first iteration's end after `checkpoint_minutes`, and the policy that
    validates best is kept beside the newest. `training_state` alone decides how a killed run goes on.
    """

    def __init__(
        self,
        out: Path,
        trainer: Trainer,
        budget: Budget,
        validate: Callable[[], ValidationResult] | None,
        validate_every: int,
        save_policy: Callable[[Path, dict[str, Any]], None],
    ) -> None:
        """validate: success of the trainer's deterministic policy; save_policy: writes a checkpoint folder."""
        self.out = out
        self.trainer = trainer
        self.budget = budget
        self.standing = Standing()
        self._validate = validate
        self._validate_every = validate_every
        self._save_policy = save_policy
        self._log = ProgressLog(out / "progress.jsonl")
        self._clock = time.monotonic()

    def start(self) -> None:
        """Begin a new run; measures the untouched base, which a residual of zero is."""
        self.trainer.start()
        self._log.truncate(0)
        metrics = self._validation_metrics()
        self.standing.base_success_rate = self.standing.last_success_rate
        self._write(metrics)
        self.save()

    def resume(self) -> None:
        """Go on from the training state in the run's directory."""
        tensors, values = load_training_state(self.out / TRAINING_STATE)
        self.standing = Standing(**values["standing"])
        self.trainer.restore(tensors)
        self._log.truncate(self.trainer.iteration + 1)
        logger.info("going on at iteration %d, %d steps", self.trainer.iteration, self.trainer.steps)

    def run(self) -> dict[str, Any]:
        """Train until the budget is spent; returns the summary that `train.json` holds."""
        saved = self._clock = time.monotonic()
        bar = tqdm(total=self.budget.total_steps, initial=self.trainer.steps, unit="step", disable=None)
        while not self._spent():
            self._iterate(bar)
            if time.monotonic() - saved > 60.0 * self.budget.checkpoint_minutes:
                self.save()
                saved = time.monotonic()
        bar.close()
        return self._finish()

    def _spent(self) -> bool:
        late = self.budget.minutes > 0.0 and self.standing.minutes >= self.budget.minutes
        return late or self.trainer.steps >= self.budget.total_steps

    def _iterate(self, bar: tqdm) -> None:
        """One iteration, validated when due."""
        steps = self.trainer.steps
        began = time.monotonic()
        metrics = self.trainer.iterate()
        metrics["time/steps_per_second"] = (self.trainer.steps - steps) / (time.monotonic() - began)
        if self._validate_every and self.trainer.iteration % self._validate_every == 0:
            metrics |= self._validation_metrics()
        self._write(metrics)
        bar.update(self.trainer.steps - steps)
        bar.set_postfix(success=metrics.get("train/success_rate", float("nan")))

    def _validation_metrics(self) -> dict[str, float]:
        """Validate, and keep the policy when it is the best so far."""
        if self._validate is None:
            return {}
        result = self._validate()
        self.standing.last_success_rate = result.success_rate
        if result.success_rate > self.standing.best_success_rate:
            self.standing.best_success_rate = result.success_rate
            self._save_policy(self.out / BEST, self._summary())
        return result.metrics()

    def _write(self, metrics: dict[str, float]) -> None:
        now = time.monotonic()
        self.standing.minutes += (now - self._clock) / 60.0
        self._clock = now
        counters = {"iteration": self.trainer.iteration, "steps": self.trainer.steps}
        self._log.write({**counters, "time/minutes": self.standing.minutes, **metrics})

    def _summary(self) -> dict[str, Any]:
        return {"iteration": self.trainer.iteration, "steps": self.trainer.steps, **vars(self.standing)}

    def save(self) -> None:
        """Write the newest policy and the state that a killed run goes on from."""
        self._save_policy(self.out / LATEST, self._summary())
        save_training_state(
            self.out / TRAINING_STATE, self.trainer.state(), {"standing": vars(self.standing)}
        )

    def _finish(self) -> dict[str, Any]:
        if not self._validate_every or self.trainer.iteration % self._validate_every:
            self._write(self._validation_metrics())
        self.save()
        write_json(self.out / "train.json", self._summary())
        return self._summary()
