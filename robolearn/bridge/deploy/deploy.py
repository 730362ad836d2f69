"""`robolearn deploy`: a worker's policy on a robot."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from robolearn.bridge.deploy.settings import DeploySettings
from robolearn.bridge.network import join
from robolearn.errors import UserError, unknown_name
from robolearn.interruption import on_interruption
from robolearn.storage import write_json

SUMMARY: Final = "deploy.json"
"""Under `out`."""


def deploy(settings: DeploySettings) -> dict[str, Any]:
    """Run until interrupted, then brake the robot and leave; returns the summary, which stands in `out` too.

    A run that fails leaves its summary as well. Raises UserError, before anything was commanded, for
    settings, a checkpoint, a network or a robot that will not do.
    """
    settings.check()
    if settings.robot not in _PROFILES | _ARMS:
        raise unknown_name("robot", settings.robot, _PROFILES | _ARMS)
    if settings.robot in _ARMS:
        return _deploy_arm(settings)
    from robolearn.bridge.deploy.followers import follower_of
    from robolearn.bridge.deploy.policy_process import PolicyProcess
    from robolearn.bridge.deploy.profile import owned_joints
    from robolearn.bridge.deploy.start_up import check_robot
    from robolearn.checkpoint import load_checkpoint
    from robolearn.policies.registry import build_policy

    profile = _PROFILES[settings.robot]()
    checkpoint = load_checkpoint(settings.checkpoint)
    owned = owned_joints(checkpoint, profile)
    build_policy(checkpoint)
    if settings.manager is not None:
        follower_of(settings.robot, settings.manager)
    transport = join(settings.interface, settings.domain, settings.dds)
    try:
        where = f"interface={settings.interface} domain={settings.domain}"
        check_robot(transport, profile.limits.size, where, settings.dry_run)
        policy = PolicyProcess(str(checkpoint.path), settings.manager, settings.robot)
        try:
            summary = _run(settings, checkpoint.identity, transport, profile, owned, policy)
        finally:
            policy.stop()
    finally:
        transport.close()
    sys.stdout.write(_told(summary, settings))
    return summary


def _run(settings: DeploySettings, identity: str, *parts: Any) -> dict[str, Any]:
    # Rosbags takes a second to import, which a refusal need not wait for.
    from robolearn.bridge.deploy.runner import Deployment

    deployment = Deployment(settings, *parts)
    try:
        with on_interruption(deployment.stop.set):
            deployment.run()
    finally:
        summary = {**deployment.summary(), "checkpoint": identity}
        write_json(Path(settings.out) / SUMMARY, summary)
    return summary


def _told(summary: Mapping[str, Any], settings: DeploySettings) -> str:
    loop = summary["command_loop"]
    times = ", ".join(f"{name.removeprefix('period_')} {value}" for name, value in loop.items())
    return (
        f"{summary['commands_sent']} commands in {summary['seconds']} s; {times}\n"
        f"ended in {summary['mode']}: {summary['reason']}\n  {Path(settings.out) / SUMMARY}\n"
    )


def _deploy_arm(settings: DeploySettings) -> dict[str, Any]:
    from robolearn.bridge.arm.deploy import deploy_arm

    if settings.manager is not None:
        raise UserError(f"manager={settings.manager} is not valid: robot={settings.robot} takes none")
    return deploy_arm(settings, _ARMS[settings.robot](), SUMMARY)


def _g1() -> Any:
    from envs.humanoid.deployment import g1_profile

    return g1_profile()


def _panda() -> Any:
    from envs.assembly.deployment import panda_profile

    return panda_profile()


_PROFILES: Final[dict[str, Callable[[], Any]]] = {"g1": _g1}
_ARMS: Final[dict[str, Callable[[], Any]]] = {"panda": _panda}
