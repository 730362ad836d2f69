"""Everything that decides how the episodes of a worker's environment go on, as tensors."""

from dataclasses import fields
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from envs.humanoid.state import HumanoidState

if TYPE_CHECKING:
    from envs.humanoid.worker import WorkerEnvironment


def take(environment: "WorkerEnvironment") -> dict[str, Tensor]:
    """Copies, between two steps."""
    physics = environment.simulation.state()
    return {"physics": physics} | {name: value.clone() for name, value in _tensors(environment).items()}


def put_back(environment: "WorkerEnvironment", state: dict[str, Tensor]) -> None:
    """Go on from what `take` gave, to the same bytes."""
    for name, value in _tensors(environment).items():
        value.copy_(state[name])
    worlds = torch.arange(environment.num_envs, device=environment.device)
    environment.make_robots(worlds)
    environment.simulation.reset(worlds)
    environment.simulation.put_state(state["physics"])
    environment.simulation.forward(worlds)


def _tensors(environment: "WorkerEnvironment") -> dict[str, Tensor]:
    """Live tensors by name."""
    gait, difficulty, arms = environment.shaper.gait, environment.difficulty, environment.arms
    found = {
        "seeds": environment.seeds,
        "step_count": environment.step_count,
        "done": environment.done,
        "phase": environment.phase,
        "command": environment.command,
        "yaw_rate_bias": environment.yaw_rate_bias,
        "target": environment.target,
        "observation": environment.last_observation,
        "fault": environment.simulation.fault,
        "arms.start": arms.start,
        "arms.end": arms.end,
    }
    found |= {f"gait.{field.name}": getattr(gait, field.name) for field in fields(gait)}
    found |= {f"difficulty.{field.name}": getattr(difficulty, field.name) for field in fields(difficulty)}
    return found | {
        f"state.{field.name}": getattr(environment.state, field.name) for field in fields(HumanoidState)
    }
