"""An arm's loop in real time, or as fast as the arm answers."""

import logging
import threading
import time
from pathlib import Path
from typing import Any, Final

from robolearn.bridge.arm.examination import Examination
from robolearn.bridge.arm.loop import ArmLoop
from robolearn.bridge.arm.pilot import Pilot
from robolearn.bridge.arm.profile import ArmProfile, ArmTask
from robolearn.bridge.arm.situation import ArmSafety
from robolearn.bridge.arm.telemetry import ArmTelemetry
from robolearn.bridge.deploy.periods import Periods
from robolearn.bridge.deploy.recording import Recording
from robolearn.bridge.deploy.runner import BAG
from robolearn.bridge.deploy.settings import DeploySettings
from robolearn.bridge.pace import Pace
from robolearn.bridge.transport import Transport
from robolearn.environment import episode_seeds
from robolearn.evaluation.summary import summarise
from robolearn.policies.policy import Policy

_log = logging.getLogger(__name__)

LOOK: Final = 0.0005
"""Between two looks for a state in lock step [s]; chosen: far less than a policy takes."""

SILENCE: Final = 30.0
"""After which an arm in lock step counts as gone [s]; chosen."""


class ArmDeployment:
    """One run.

    stop: set it to end
    """

    def __init__(
        self,
        settings: DeploySettings,
        transport: Transport,
        profile: ArmProfile,
        task: ArmTask,
        policy: Policy,
        safety: ArmSafety | None = None,
    ) -> None:
        self.stop = threading.Event()
        self._settings, self._task = settings, task
        bag = Path(settings.out) / time.strftime(BAG, time.gmtime())
        self._recording = Recording(bag if settings.record else None)
        self._period = 1.0 / task.spec.control_rate_hz
        self._periods = Periods(self._period)
        self._began = time.monotonic()
        self._announced = 0
        self._pilot = Pilot(profile, task, policy, settings.seed, settings.targets == "joints")
        self._loop = ArmLoop(
            transport,
            profile,
            self._pilot,
            self._period,
            task.bodies,
            safety,
            lockstep=settings.lockstep,
            heartbeat=settings.heartbeat,
            dry_run=settings.dry_run,
            record=self._recording.keep,
        )
        self._telemetry = ArmTelemetry(transport, self._loop)
        self.examination = (
            Examination(transport, episode_seeds(settings.seed, 0, settings.episodes))
            if settings.episodes
            else None
        )

    def run(self) -> None:
        """Until `stop` is set, the time is up, or all episodes are over."""
        pace = Pace(self._period)
        try:
            while not self._over(time.monotonic()):
                self._tick(time.monotonic())
                if self._settings.lockstep:
                    time.sleep(LOOK)
                else:
                    pace.wait()
        finally:
            self._recording.close()

    def _tick(self, now: float) -> None:
        self._periods.tick(now)
        if self.examination is not None:
            self.examination.tick(now, self._loop)
        self._loop.tick(now)
        self._telemetry.tick(now)
        self._announce()
        self._recording.flush()

    def _over(self, now: float) -> bool:
        if self.stop.is_set() or (self.examination is not None and self.examination.done):
            return True
        if self._settings.lockstep and SILENCE < self._loop.reader.age(now) < float("inf"):
            self._loop.end(now, f"nothing new from the arm for {SILENCE:g} s")
            return True
        return bool(self._settings.seconds) and now - self._began >= self._settings.seconds

    def _announce(self) -> None:
        """Tell whoever watches the terminal of changes of mode."""
        for change in self._loop.transitions[self._announced :]:
            self._announced += 1
            _log.info("%.1f s: %s, %s", change.at - self._began, change.mode.value, change.reason)

    def summary(self) -> dict[str, Any]:
        """How the run went, as JSON."""
        loop = self._loop
        return {
            "seconds": round(time.monotonic() - self._began, 3),
            "mode": loop.situation.mode.value,
            "reason": loop.situation.reason,
            "complaint": loop.complaint,
            "transitions": [
                {"at": round(change.at - self._began, 4), "mode": change.mode.value, "reason": change.reason}
                for change in loop.transitions
            ],
            "loop": {} if self._settings.lockstep else self._periods.summary(),
            "targets_sent": loop.sent,
            "filtered_targets": self._pilot.filtered,
            "damaged_states": loop.reader.damaged,
            "repeated_states": loop.reader.repeated,
            "episodes": self._examined(),
            **self._recording.summary(),
        }

    def _examined(self) -> dict[str, Any] | None:
        """Success rate and stages as an evaluation has them; None without an episode that ended."""
        if self.examination is None or not self.examination.ended:
            return None
        ended = self.examination.ended
        outcomes = [{"seed": one.seed, "outcome": one.outcome.value, "steps": one.steps} for one in ended]
        return {**summarise(self.examination.table(), self._task.spec.phases), "outcomes": outcomes}
