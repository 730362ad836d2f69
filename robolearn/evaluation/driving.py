"""A robot that a person commands with keys or sliders while a policy moves it."""

from typing import TYPE_CHECKING, Final, NamedTuple, Protocol, runtime_checkable

import torch
from torch import Tensor

from robolearn.evaluation.controllers import Controller

if TYPE_CHECKING:
    from envs.humanoid.settings import CommandRanges


@runtime_checkable
class Drivable(Protocol):
    """An environment whose commands somebody may give."""

    ranges: "CommandRanges"

    def set_command(self, command: Tensor) -> None:
        """From now on command (N, 4), entries as `robolearn.policies.worker.command.COMMAND`."""
        ...


class Entry(NamedTuple):
    """What a person reads about one entry of the command, and the keys that change it.

    more, less: keys, in MuJoCo Studio's spelling
    step: what a key press changes the entry by, in `unit`
    """

    name: str
    unit: str
    more: str
    less: str
    step: float


ENTRIES: Final = (
    Entry("forward", "m/s", "UpArrow", "DownArrow", 0.1),
    Entry("to the left", "m/s", "Home", "End", 0.1),
    Entry("turn left", "rad/s", "LeftArrow", "RightArrow", 0.2),
    Entry("height", "m", "PageUp", "PageDown", 0.04),
)
"""Letters are the viewers' own shortcuts; on most laptops the second and fourth row are Fn with arrows."""

STOP: Final = "Space"

KEYS: Final = (STOP, *(key for entry in ENTRIES for key in (entry.more, entry.less)))


class Steering:
    """The present command; a viewer's thread may change it while another one reads it.

    command: planar velocity and yaw rate in the heading frame [m/s, rad/s], and pelvis height [m]
    limits: least and greatest value of each entry
    """

    def __init__(self, ranges: "CommandRanges") -> None:
        """Begin upright and still."""
        self.limits = (
            (ranges.backward, ranges.forward),
            (-ranges.sideways, ranges.sideways),
            (-ranges.yaw_rate, ranges.yaw_rate),
            (ranges.lowest, ranges.highest),
        )
        self.command = (0.0, 0.0, 0.0, ranges.highest)

    def press(self, key: str) -> None:
        """A key of `KEYS` was pressed; any other one changes nothing."""
        if key == STOP:
            self.stop()
        for place, entry in enumerate(ENTRIES):
            if key in (entry.more, entry.less):
                self.set(place, self.command[place] + (entry.step if key == entry.more else -entry.step))

    def set(self, place: int, value: float) -> None:
        """Change one entry, within its limits."""
        lower, upper = self.limits[place]
        # Rounded, or sums of steps would never come back to zero.
        values = [*self.command]
        values[place] = round(min(max(value, lower), upper), 3)
        forward, left, turn, height = values
        self.command = (forward, left, turn, height)

    def stop(self) -> None:
        """Stand still at the present height."""
        self.command = (0.0, 0.0, 0.0, self.command[3])

    def text(self) -> tuple[str, str]:
        """Entries with their keys, and their values, a line each."""
        rows = [f"{entry.name} ({entry.more}, {entry.less})" for entry in ENTRIES]
        values = [f"{value:.2f} {entry.unit}" for value, entry in zip(self.command, ENTRIES, strict=True)]
        return "\n".join([*rows, f"stop ({STOP})"]), "\n".join(values)


class DrivenController:
    """A controller of one world whose task is commanded by `steering`."""

    def __init__(self, controller: Controller, environment: Drivable, steering: Steering) -> None:
        self._controller, self._environment, self._steering = controller, environment, steering
        self._command()

    def _command(self) -> None:
        self._environment.set_command(torch.tensor([self._steering.command]))

    def reset(self, episode_seeds: Tensor, env_ids: Tensor | None = None) -> None:
        """See Controller.reset."""
        self._controller.reset(episode_seeds, env_ids)

    def act(self, observation: Tensor) -> Tensor:
        """See Controller.act."""
        self._command()
        return self._controller.act(observation)
