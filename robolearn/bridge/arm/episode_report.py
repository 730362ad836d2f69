"""How an episode of a simulated robot is, to and from a message."""

from dataclasses import dataclass
from enum import Enum

from robolearn.bridge.arm.stamps import stamp_of, stamped
from robolearn.bridge.errors import BridgeError
from robolearn.bridge.messages.diagnostic_msgs import DiagnosticArray, DiagnosticStatus, KeyValue

NAME = "robolearn: episode"


class Outcome(Enum):
    """RUNNING, or how it ended. LOST: a part is out of reach. FAULT: the physics diverged."""

    RUNNING = "running"
    SUCCESS = "success"
    TIMEOUT = "timeout"
    LOST = "lost"
    FAULT = "fault"


@dataclass(frozen=True)
class EpisodeReport:
    """Of one episode.

    began: stamp of its first state [ns]
    steps: control steps so far
    phase: furthest stage reached, an index into `TaskSpec.phases`
    """

    began: int
    seed: int
    outcome: Outcome
    steps: int
    phase: int

    def message(self) -> DiagnosticArray:
        """Of /robolearn/sim_robot/episode."""
        values = [KeyValue(name, str(getattr(self, name))) for name in _NUMBERS]
        level = DiagnosticStatus.ERROR if self.outcome is Outcome.FAULT else DiagnosticStatus.OK
        about = DiagnosticStatus(level=level, name=NAME, message=self.outcome.value, values=values)
        return DiagnosticArray(stamped(self.began), [about])

    @classmethod
    def of(cls, message: DiagnosticArray) -> "EpisodeReport":
        """From a message. Raises BridgeError for one that says something else."""
        try:
            (about,) = message.status
            numbers = {value.key: int(value.value) for value in about.values}
            outcome = Outcome(about.message)
            return cls(
                stamp_of(message.header), outcome=outcome, **{name: numbers[name] for name in _NUMBERS}
            )
        except (ValueError, KeyError) as error:
            raise BridgeError(f"no report of an episode: {error}") from error


_NUMBERS = ("seed", "steps", "phase")
