"""A group of episodes from source to G1, simulated together; where it runs makes no difference."""

from dataclasses import dataclass
from pathlib import Path

import torch

from robolearn.errors import UserError
from robolearn.evaluation.controllers import ControllerChoice
from robolearn.paths import shipped_checkpoint
from robolearn.retarget.mapping import WorkspaceMapping, map_to_g1
from robolearn.retarget.retargeted import RetargetedEpisode
from robolearn.retarget.sources import EpisodeRefused, open_source, stream
from robolearn.retarget.trajectory import HANDS, HandTrajectory


@dataclass(frozen=True)
class Group:
    """What a process needs to know.

    names: of the source's episodes
    size: worlds of the batch, whether or not there are as many episodes: networks' last bits depend on it
    num_threads: of the physics, whose bits do not depend on it
    others as `RetargetSettings`
    """

    source: Path
    names: tuple[str, ...]
    mapping: WorkspaceMapping
    size: int
    checkpoint: str | None
    worker: str | None
    teacher: str | None
    max_hand_error_m: float
    num_threads: int


@dataclass(frozen=True)
class LeftOut:
    """An episode that did not become one of the G1.

    reason: in one line
    hand_position_error_m: mean as far as it came; None where nothing was simulated
    """

    name: str
    reason: str
    hand_position_error_m: float | None = None


Outcome = RetargetedEpisode | LeftOut


def retarget_group(group: Group) -> list[Outcome]:
    """Outcomes of the group's episodes, in their order."""
    # The last bits of networks' sums depend on torch's threads.
    torch.set_num_threads(1)
    read = list(stream(open_source(group.source), group.names))
    mapped = [_mapped(each, group.mapping) for each in read]
    wanted = [each for each in mapped if isinstance(each, HandTrajectory)]
    simulated = iter(_simulate(group, wanted) if wanted else [])
    return [next(simulated) if isinstance(each, HandTrajectory) else each for each in mapped]


def _mapped(read: HandTrajectory | EpisodeRefused, mapping: WorkspaceMapping) -> HandTrajectory | LeftOut:
    if isinstance(read, EpisodeRefused):
        return LeftOut(read.episode, read.reason)
    try:
        return map_to_g1(read, mapping).trajectory
    except UserError as error:
        return LeftOut(read.name, str(error))


def _simulate(group: Group, trajectories: list[HandTrajectory]) -> list[Outcome]:
    """Outcomes of mapped trajectories. Raises UserError for a checkpoint that does not fit."""
    from envs.humanoid.reach.rollout import roll_out
    from envs.humanoid.reach.sources import ListedSource
    from envs.humanoid.tasks import reach

    source = ListedSource(trajectories)
    environment = reach(group.size, worker=group.worker, source=source, num_threads=group.num_threads)
    manager = group.checkpoint or str(shipped_checkpoint("g1_manager"))
    controller = ControllerChoice(manager, "cpu", seed=0, teacher=group.teacher).build(environment)
    with torch.inference_mode():
        endings = roll_out(environment, controller, trajectories)
    outcomes: list[Outcome] = []
    for trajectory, ending in zip(trajectories, endings, strict=True):
        errors = ending.columns["tracking_error"][:, : len(HANDS)]
        error = float(errors.mean()) if len(errors) else None
        reason = _reason(ending.phase, ending.fault, error, group.max_hand_error_m)
        if reason is not None:
            outcomes.append(LeftOut(trajectory.name, reason, error))
            continue
        outcomes.append(
            RetargetedEpisode(
                trajectory.name, trajectory.rate, ending.columns, trajectory.language, trajectory.videos
            )
        )
    return outcomes


def _reason(phase: str, fault: bool, error: float | None, limit: float) -> str | None:
    """Why an episode is left out; None when it is not."""
    if fault:
        return "the physics diverged"
    if phase == "fallen":
        return "the robot fell"
    if phase == "lost":
        return "a hand was 0.9 m from its reference"
    if error is None or error > limit:
        return f"the hands were {error:.3f} m off on average, more than {limit:g} m"
    return None
