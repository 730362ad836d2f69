"""The runs that a staged training of a worker is made of: walking, being punched, and settling."""

import os
from dataclasses import fields, replace
from typing import Any, Final

from robolearn.reinforcement.worker.settings import StagedWorkerSettings, WorkerPpoSettings

SETTLING_SHARE: Final = 0.05
"""Of the minutes that a training may take, kept for its last run; chosen."""

_NEVER: Final = 2**31
"""Iterations after which the actor learns."""


def walking_run(settings: StagedWorkerSettings) -> WorkerPpoSettings:
    """It learns to walk; where on disk is for the caller to say."""
    return _plain(settings, total_steps=settings.punched.after_steps)


def punched_runs(settings: StagedWorkerSettings, walking: str, minutes: float) -> list[WorkerPpoSettings]:
    """They go on from the checkpoint `walking` for so many minutes (0: no limit), side by side."""
    punched = settings.punched
    count = len(punched.calm_shares)
    cores = settings.num_threads or os.cpu_count() or 1
    steps = settings.total_steps - punched.after_steps - punched.settling_steps
    common = _punched_run(
        settings,
        initial=walking,
        num_threads=max(1, cores // count),
        total_steps=max(1, steps // count),
        minutes=minutes,
    )
    return [
        replace(common, seed=settings.seed + number, calm_share=share)
        for number, share in enumerate(punched.calm_shares, start=1)
    ]


def settling_run(settings: StagedWorkerSettings, mean: str) -> WorkerPpoSettings:
    """The estimator of the checkpoint `mean` goes on to learn, the actor stays."""
    punched = settings.punched
    run = _punched_run(
        settings,
        initial=mean,
        seed=settings.seed + len(punched.calm_shares) + 1,
        calm_share=max(punched.calm_shares),
        total_steps=punched.settling_steps,
        minutes=SETTLING_SHARE * settings.minutes,
    )
    return replace(run, ppo=replace(run.ppo, critic_iterations=_NEVER))


def _punched_run(settings: StagedWorkerSettings, **changes: Any) -> WorkerPpoSettings:
    """One that has what the second stage says, and `changes`."""
    punched = settings.punched
    return _plain(
        settings,
        pushes=replace(
            settings.pushes,
            punch=punched.punch,
            punch_every=punched.punch_every,
            extremities=punched.extremities,
        ),
        rewards=replace(
            settings.rewards,
            alive=punched.alive,
            unasked_steps=punched.unasked_steps,
            yaw_bias=punched.yaw_bias,
        ),
        ppo=replace(
            settings.ppo,
            walking_std=punched.walking_std,
            critic_iterations=punched.critic_iterations,
            learning_rate=punched.learning_rate,
        ),
        curriculum=replace(settings.curriculum, start=1.0),
        **changes,
    )


def _plain(settings: StagedWorkerSettings, **changes: Any) -> WorkerPpoSettings:
    """What a run without stages has of `settings`, with `changes`."""
    same = {field.name: getattr(settings, field.name) for field in fields(WorkerPpoSettings)}
    return WorkerPpoSettings(**(same | changes))
