"""A deployed worker that rehearses quickly."""

from typing import Any

from envs.sim_robot.rehearsal import Rehearsal
from robolearn.bridge.safety.settings import SafetySettings
from robolearn.paths import assets_directory

WORKER = assets_directory() / "checkpoints" / "g1_worker"

QUICK = SafetySettings(stand_time=1.0, hold_fault_time=0.2, hold_time=0.3)
"""To stand up in a second and hold for less, so that tests are short."""

CRANE_SECONDS = 3.5


class DeployedRobot(Rehearsal):
    """The shipped worker."""

    def __init__(
        self, safety: SafetySettings = QUICK, crane_seconds: float = CRANE_SECONDS, **options: Any
    ) -> None:
        super().__init__(WORKER, safety, crane_seconds, **options)
