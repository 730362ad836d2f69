"""The loops in real time: commands in one thread, what others see in another, the policy in its own process.

Nothing that the command thread does waits for anybody: messages, answers and records are left and taken. The
policy is a process since it may be killed, or crash in native code, and must not take the commands with it; a
thread would hold the rate as well. The observers are a thread that wakes 50 times a second.
"""

import contextlib
import logging
import os
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Protocol

from robolearn.bridge.deploy.command_loop import CommandLoop
from robolearn.bridge.deploy.ports import Inbox, Outbox
from robolearn.bridge.deploy.profile import Owned, RobotProfile
from robolearn.bridge.deploy.recording import Recording
from robolearn.bridge.deploy.settings import DeploySettings
from robolearn.bridge.deploy.telemetry import PERIOD, Telemetry
from robolearn.bridge.pace import Pace
from robolearn.bridge.safety.settings import SafetySettings
from robolearn.bridge.safety.state_machine import may_end
from robolearn.bridge.transport import Transport
from robolearn.errors import UserError

_log = logging.getLogger(__name__)

BAG: Final = "bag-%Y%m%dT%H%M%SZ"
"""Folder of a run's recording under `out`, by the time when it began (UTC)."""

_SWITCH_INTERVAL: Final = 0.0002
"""After which a thread that waits is given Python's lock [s]; chosen: a tenth of a command period, where
Python's own 5 ms is two and a half of them."""


class Port(Inbox, Outbox, Protocol):
    """Requests go in, answers come out."""


class RunningPolicy(Protocol):
    """A policy that runs elsewhere; a `PolicyProcess` is one."""

    @property
    def port(self) -> Port:
        """To it and from it."""
        ...

    @property
    def pid(self) -> int:
        """Of its process."""
        ...

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        ...


class Deployment:
    """One run.

    safety: when the robot is stopped, before the setting `voltage`

    stop: set it to end; the robot is braked first
    """

    def __init__(
        self,
        settings: DeploySettings,
        transport: Transport,
        profile: RobotProfile,
        owned: Owned,
        policy: RunningPolicy,
        safety: SafetySettings | None = None,
    ) -> None:
        self.stop, self._stops = threading.Event(), False
        self._settings, self._policy, self._period = settings, policy, profile.period
        bag = Path(settings.out) / time.strftime(BAG, time.gmtime())
        self._recording = Recording(bag if settings.record else None)
        self._ended = threading.Event()
        self._errors: list[BaseException] = []
        self._announced = 0
        self._began, self._cpu_began = time.monotonic(), time.process_time()
        self._loop = CommandLoop(
            transport,
            profile,
            owned,
            policy.port,
            policy.port,
            self._began,
            replace(SafetySettings() if safety is None else safety, voltage=settings.voltage),
            heartbeat=settings.heartbeat,
            follows_hands=settings.manager is not None,
            dry_run=settings.dry_run,
            record=self._recording.keep if settings.record else None,
        )
        self._telemetry = Telemetry(
            transport, self._loop, profile.joints, time.time_ns, self._figures, self._recording.keep
        )

    def run(self) -> None:
        """Until `stop` is set, or the time is up. Raises what ended a loop early, the robot being braked."""
        interval = sys.getswitchinterval()
        sys.setswitchinterval(_SWITCH_INTERVAL)
        threads = [
            threading.Thread(target=work, name=name)
            for work, name in ((self._command, "command"), (self._observe, "observer"))
        ]
        try:
            for thread in threads:
                thread.start()
            self.stop.wait(self._settings.seconds or None)
            self.stop.set()
            self._stops = True
            for thread in threads:
                thread.join()
        finally:
            sys.setswitchinterval(interval)
        if self._errors:
            raise self._errors[0]

    def _command(self) -> None:
        """Tick until the robot may be left; if anything fails, brake it with what cannot fail."""
        try:
            self._raise_priority()
            pace, loop = Pace(self._period), self._loop
            while not (loop.shutdown and self._may_leave()):
                loop.shutdown = self._stops
                loop.tick(time.monotonic())
                pace.wait()
        except BaseException as error:
            self._errors.append(error)
            self.stop.set()
            if self._loop.snapshot is not None:
                self._brake()
        finally:
            self._ended.set()

    def _may_leave(self) -> bool:
        loop = self._loop
        return self._settings.dry_run or loop.snapshot is None or may_end(loop.situation, loop.safety)

    def _brake(self) -> None:
        pace = Pace(self._period)
        for _ in range(round(self._loop.safety.damp_time / self._period)):
            # What ended the loop may be what refuses this command, and not the next one.
            with contextlib.suppress(Exception):
                self._loop.brake()
            pace.wait()

    def _observe(self) -> None:
        """Publish and record until the command loop has ended; a failure here ends it."""
        try:
            pace = Pace(PERIOD)
            while not self._ended.is_set():
                self._telemetry.tick(time.monotonic())
                self._announce()
                self._recording.flush()
                pace.wait()
        except BaseException as error:
            self._errors.append(error)
            self.stop.set()
        finally:
            self._ended.wait()
            self._recording.close()

    def _announce(self) -> None:
        """Tell whoever watches the terminal of changes of mode."""
        for change in self._loop.transitions[self._announced :]:
            self._announced += 1
            _log.info("%.1f s: %s, %s", change.at - self._began, change.mode.value, change.reason)

    def _raise_priority(self) -> None:
        if self._settings.priority:
            try:
                os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(self._settings.priority))
            except (OSError, AttributeError) as error:
                raise UserError(
                    f"priority={self._settings.priority} is refused by the system ({error}): it takes Linux, "
                    "CAP_SYS_NICE and 1 to 99; priority=0 does without"
                ) from error

    def _figures(self) -> Mapping[str, object]:
        return {"policy_pid": self._policy.pid, "policy_alive": str(self._policy.alive).lower()}

    def summary(self) -> dict[str, Any]:
        """How the run went, as JSON. `cpu_share`: of one core, the policy's process apart."""
        loop, seconds = self._loop, time.monotonic() - self._began
        return {
            "seconds": round(seconds, 3),
            "cpu_share": round((time.process_time() - self._cpu_began) / seconds, 4),
            "mode": loop.situation.mode.value,
            "reason": loop.situation.reason,
            "transitions": [
                {"at": round(change.at - self._began, 4), "mode": change.mode.value, "reason": change.reason}
                for change in loop.transitions
            ],
            "command_loop": loop.periods.summary(),
            "commands_sent": loop.sent,
            "filtered_commands": loop.filtered,
            "damaged_states": loop.states.damaged,
            "repeated_states": loop.states.repeated,
            "policy_alive": self._policy.alive,
            "errors": [f"{type(error).__name__}: {error}" for error in self._errors],
            **self._recording.summary(),
        }
