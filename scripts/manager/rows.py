"""What the table of managers compares."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Row:
    """One line of the table: a teacher by its name, or an experiment that trains a manager.

    label: how the table calls it
    """

    label: str
    teacher: str | None = None
    experiment: str | None = None


ROWS: Final = {
    "teacher_mended": Row("the mended teacher, which knows where the pelvis should be", teacher="mended"),
    "teacher_published": Row("the published teacher, which knows it as well", teacher="published"),
    "cloning": Row("behaviour cloning of the mended teacher", experiment="g1_manager_cloning"),
    "dagger": Row("plain DAgger on the mended teacher", experiment="g1_manager_dagger"),
    "harmonised_published": Row(
        "harmonised DAgger on the published teacher", experiment="g1_manager_published"
    ),
    "harmonised_mended": Row("harmonised DAgger on the mended teacher", experiment="g1_manager"),
    "ppo": Row("PPO from scratch", experiment="g1_manager_ppo"),
    "teacher_in_heading": Row(
        "the published teacher, displacements in the heading frame", teacher="published_in_heading"
    ),
    "teacher_turning": Row("the published teacher, turning", teacher="published_turning"),
    "teacher_in_heading_turning": Row(
        "the published teacher, both mended", teacher="published_in_heading_turning"
    ),
    "released": Row("harmonised DAgger with all faults of the release", experiment="g1_manager_released"),
}

COMPARED: Final = (
    "teacher_mended",
    "teacher_published",
    "cloning",
    "dagger",
    "harmonised_published",
    "harmonised_mended",
    "ppo",
)
"""The rows that are made unless others are asked for; the others take the published faults apart."""
