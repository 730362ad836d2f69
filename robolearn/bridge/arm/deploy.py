"""`robolearn deploy` for an arm."""

import sys
import time
from pathlib import Path
from typing import Any, Final

import torch

from robolearn.bridge.arm.foreign import ForeignTargets
from robolearn.bridge.arm.profile import ArmProfile, ArmTask, task_of
from robolearn.bridge.arm.runner import ArmDeployment
from robolearn.bridge.arm.state import ArmReader
from robolearn.bridge.arm.topics import PART_POSES
from robolearn.bridge.deploy.settings import DeploySettings
from robolearn.bridge.network import join
from robolearn.bridge.topics import JOINT_STATES
from robolearn.bridge.transport import Transport
from robolearn.checkpoint import load_checkpoint
from robolearn.errors import UserError
from robolearn.evaluation.episode_table import EPISODES, write_episodes
from robolearn.interruption import on_interruption
from robolearn.policies.registry import build_policy
from robolearn.storage import write_json

PATIENCE: Final = 3.0
"""For the arm's first state [s]; chosen, as of the G1."""

LISTENING: Final = 0.5
"""For others who command it [s]; chosen, as of the G1."""

_BETWEEN: Final = 0.02
"""Between two looks [s]; chosen."""


def deploy_arm(settings: DeploySettings, profile: ArmProfile, summary_name: str) -> dict[str, Any]:
    """Run until interrupted or until all episodes are over; returns the summary, which stands in `out` too.

    summary_name: of its file

    Raises UserError, before anything was commanded, for a checkpoint, a network or an arm that will not do.
    """
    torch.set_num_threads(1)
    checkpoint = load_checkpoint(settings.checkpoint)
    task = task_of(checkpoint, profile)
    policy = build_policy(checkpoint)
    transport = join(settings.interface, settings.domain, settings.dds)
    try:
        _check_arm(transport, profile, task, settings)
        run = ArmDeployment(settings, transport, profile, task, policy)
        try:
            with on_interruption(run.stop.set):
                run.run()
        finally:
            summary = {**run.summary(), "checkpoint": checkpoint.identity}
            write_json(Path(settings.out) / summary_name, summary)
    finally:
        transport.close()
    if run.examination is not None:
        table, phases = run.examination.table(), task.spec.phases
        write_episodes(Path(settings.out) / EPISODES, table, phases, {"run": {"seed": settings.seed}})
    sys.stdout.write(_told(summary, Path(settings.out) / summary_name))
    return summary


def _check_arm(transport: Transport, profile: ArmProfile, task: ArmTask, settings: DeploySettings) -> None:
    """Raises UserError for an arm that says nothing, or that somebody else commands."""
    reader = ArmReader(transport, profile.base, profile.joints, profile.fingers, task.bodies)
    foreign = None if settings.dry_run else ForeignTargets(transport)
    begin = time.monotonic()
    while (now := time.monotonic()) - begin < LISTENING or reader.read() is None:
        if foreign is not None and foreign.there(now):
            raise UserError("somebody else commands the arm: there is a publisher of its targets; stop it")
        if now - begin >= PATIENCE:
            where = f"interface={settings.interface} domain={settings.domain}"
            heard = f"; {reader.problem}" if reader.problem else ""
            raise UserError(
                f"no arm answers on {where}: no whole state on rt{JOINT_STATES.name} and rt{PART_POSES.name} "
                f"within {PATIENCE:g} s{heard}"
            )
        time.sleep(_BETWEEN)


def _told(summary: dict[str, Any], path: Path) -> str:
    lines = [
        f"{summary['targets_sent']} targets in {summary['seconds']} s",
        f"ended in {summary['mode']}: {summary['reason']}",
    ]
    if examined := summary["episodes"]:
        low, high = examined["success_ci95"]
        lines.append(
            f"success {examined['success_rate']:.1%} ({low:.1%} to {high:.1%} at 95 %), "
            f"{examined['successes']} of {examined['n_episodes']} episodes"
        )
    return "".join(f"{line}\n" for line in (*lines, f"  {path}"))
