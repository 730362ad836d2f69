"""`meta/robolearn.json` of a dataset of triplets: where it comes from, and what became of each episode."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from robolearn.checkpoint import code_version
from robolearn.retarget.groups import LeftOut
from robolearn.retarget.output.shape import Shape, rows_of
from robolearn.retarget.output.staged import Header
from robolearn.retarget.trajectory import HANDS

RECORD_FORMAT: Final = "robolearn triplets 1"


@dataclass(frozen=True)
class Provenance:
    """Where the triplets come from; everything is kept as JSON.

    source: name of the source's folder, without the way to it
    mapping: from the source's workspace to the G1's
    checkpoints: by role, what identifies the policies that moved the robot
    """

    source: str
    mapping: Mapping[str, Any]
    checkpoints: Mapping[str, Any]


def position_error(tracking_error: Mapping[str, float]) -> float:
    """Of both hands [m], from an episode's means by the names of their entries."""
    return sum(tracking_error[f"{side}_hand_position"] for side in HANDS) / len(HANDS)


def _turn_error(tracking_error: Mapping[str, float]) -> float:
    """Of both hands [degrees]."""
    return math.degrees(sum(tracking_error[f"{side}_hand_orientation"] for side in HANDS) / len(HANDS))


def _totals(headers: Sequence[Header], episodes: int, shape: Shape) -> dict[str, Any]:
    """Counts, length [h] and mean errors over all control steps [m, degrees]."""
    frames, steps = sum(map(rows_of, headers)), [header.steps for header in headers]
    position, turn = (
        float(np.average([error(header.tracking_error) for header in headers], weights=steps))
        for error in (position_error, _turn_error)
    )
    return {
        "episodes": episodes,
        "kept": len(headers),
        "tasks": len({header.language for header in headers}),
        "frames": frames,
        "rate_hz": shape.rate,
        "hours": frames / shape.rate / 3600,
        "cameras": [video.key for _, video in shape.videos],
        "hand_position_error_m": position,
        "hand_orientation_error_deg": turn,
    }


def summary(record: Mapping[str, Any]) -> dict[str, Any]:
    """What is said about a dataset when it is finished, from its record."""
    return record["summary"] | {"left_out": record["left_out"]}


def record(
    settings: Mapping[str, Any],
    provenance: Provenance,
    headers: Sequence[Header],
    left_out: Sequence[LeftOut],
    shape: Shape,
) -> dict[str, Any]:
    """The content of the file.

    settings: what determined the run, as `Workspace` compares them
    headers: of the episodes in the dataset, in its order
    """
    episodes = [
        {
            "name": header.name,
            "frames": rows_of(header),
            "control_steps": header.steps,
            "tracking_error": dict(header.tracking_error),
        }
        for header in headers
    ]
    return {
        "format": RECORD_FORMAT,
        "source": provenance.source,
        "mapping": dict(provenance.mapping),
        "checkpoints": dict(provenance.checkpoints),
        "code_version": code_version(),
        "settings": dict(settings),
        "control_rate_hz": shape.control_rate,
        "summary": _totals(headers, len(headers) + len(left_out), shape),
        "episodes": episodes,
        "left_out": [asdict(each) for each in left_out],
    }
