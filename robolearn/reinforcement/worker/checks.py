"""Settings of the G1's trainings that make no sense, told before anything is built."""

from collections.abc import Sequence

from envs.humanoid.settings import Pushes
from robolearn.checks import check_at_least, check_not_negative, check_positive, check_within
from robolearn.errors import UserError
from robolearn.policies.worker.settings import WorkerNetworks
from robolearn.reinforcement.settings import check_optimisation
from robolearn.reinforcement.worker.settings import PunchedStage, StagedWorkerSettings, WorkerPpoSettings


def check_worker_run(settings: WorkerPpoSettings) -> None:
    """Raises UserError for the first setting that no worker can be trained with."""
    check_at_least(1, num_envs=settings.num_envs, total_steps=settings.total_steps)
    check_within(0.0, 1.0, privileged_share=settings.privileged_share)
    check_optimisation(settings.ppo)
    check_at_least(1, **{"ppo.averaged_iterations": settings.ppo.averaged_iterations})
    check_not_negative(**{"pushes.velocity": settings.pushes.velocity})
    check_within(0.0, 0.5, calm_share=settings.calm_share)
    _check_punches("pushes", settings.pushes)
    check_positive(**{"commands.every_seconds": settings.commands.every_seconds})
    _check_networks(settings.networks)


def check_staged_worker_run(settings: StagedWorkerSettings) -> None:
    """Raises UserError for the first setting with which no worker can walk first and be punched then."""
    check_worker_run(settings)
    punched = settings.punched
    for name in ("after_steps", "settling_steps"):
        check_at_least(0, **{f"punched.{name}": getattr(punched, name)})
    check_at_least(punched.after_steps + punched.settling_steps + 1, total_steps=settings.total_steps)
    if punched.after_steps == 0 and settings.initial is None:
        raise UserError("punched.after_steps=0 takes a worker that can walk: initial=DIR")
    if not punched.calm_shares:
        raise UserError("punched.calm_shares=[] is not valid: it takes a share for each worker, one at least")
    for share in punched.calm_shares:
        check_within(0.0, 0.5, **{"punched.calm_shares": share})
    _check_punches("punched", punched)
    rates = ("walking_std", "learning_rate")
    check_positive(**{f"punched.{name}": getattr(punched, name) for name in rates})


def _check_punches(name: str, punches: Pushes | PunchedStage) -> None:
    check_at_least(1, **{f"{name}.punch_every": punches.punch_every})
    check_not_negative(**{f"{name}.punch": punches.punch})
    check_within(0.0, 1.0, **{f"{name}.extremities": punches.extremities})


def _check_networks(networks: WorkerNetworks) -> None:
    for name in ("hidden", "critic_hidden", "estimator_hidden"):
        _check_widths(f"networks.{name}", getattr(networks, name))
    for name in ("lags", "estimator_lags"):
        lags = getattr(networks, name)
        if any(lag < 0 for lag in lags) or len(set(lags)) < len(lags):
            raise UserError(f"networks.{name}={lags} is not valid: it takes different numbers from 0 on")
    if 0 not in networks.lags:
        raise UserError(f"networks.lags={networks.lags} is not valid: it takes 0, the present frame, too")
    check_positive(**{"networks.effort_share": networks.effort_share})


def _check_widths(name: str, widths: Sequence[int]) -> None:
    """Half of a layer is the other half's mirror image."""
    if any(width < 2 or width % 2 for width in widths):
        raise UserError(f"{name}={list(widths)} is not valid: it takes even widths from 2 on")
