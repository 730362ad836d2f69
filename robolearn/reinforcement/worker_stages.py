"""The runs that a staged training of a worker is made of: one that walks, and those that are punched then."""

import os
from dataclasses import fields, replace
from typing import Any

from robolearn.reinforcement.settings import StagedWorkerSettings, WorkerPpoSettings


def walking_run(settings: StagedWorkerSettings) -> WorkerPpoSettings:
    """It learns to walk; where on disk is for the caller to say."""
    return _plain(settings, total_steps=settings.punched.after_steps)


def punched_runs(settings: StagedWorkerSettings, walking: str, minutes: float) -> list[WorkerPpoSettings]:
    """They go on from the checkpoint `walking` for so many minutes (0: no limit), side by side."""
    punched = settings.punched
    count = len(punched.calm_shares)
    cores = settings.num_threads or os.cpu_count() or 1
    pushes = replace(settings.pushes, punch=punched.punch, punch_every=punched.punch_every)
    rewards = replace(settings.rewards, alive=punched.alive, unasked_steps=punched.unasked_steps)
    ppo = replace(
        settings.ppo,
        walking_std=punched.walking_std,
        critic_iterations=punched.critic_iterations,
        learning_rate=punched.learning_rate,
    )
    return [
        _plain(
            settings,
            initial=walking,
            seed=settings.seed + number,
            calm_share=share,
            pushes=pushes,
            rewards=rewards,
            ppo=ppo,
            curriculum=replace(settings.curriculum, start=1.0),
            num_threads=max(1, cores // count),
            total_steps=max(1, (settings.total_steps - punched.after_steps) // count),
            minutes=minutes,
        )
        for number, share in enumerate(punched.calm_shares, start=1)
    ]


def _plain(settings: StagedWorkerSettings, **changes: Any) -> WorkerPpoSettings:
    """What a run without stages has of `settings`, with `changes`."""
    same = {field.name: getattr(settings, field.name) for field in fields(WorkerPpoSettings)}
    return WorkerPpoSettings(**(same | changes))
