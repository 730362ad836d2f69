"""Tasks by name. Nothing of a task is imported before it is asked for."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from robolearn.environment import BatchedEnvironment, Expert
from robolearn.errors import UserError, unknown_name


@dataclass(frozen=True)
class Task:
    """Where a task's classes are, each as "module:class".

    environment: called with num_envs and the keywords of `make_environment`
    expert: called with the environment; None where nobody has scripted one
    pictures: called without arguments, gives the `MjSpec` that is drawn; None where there is none
    """

    environment: str
    expert: str | None = None
    pictures: str | None = None


class Renderer(Protocol):
    """Draws worlds of an environment through one camera."""

    def render(self, env_id: int) -> NDArray[np.uint8]:
        """An (H, W, 3) picture of one world as it is now."""
        ...

    def close(self) -> None:
        """Release the graphics context."""
        ...


TASKS: Final[Mapping[str, Task]] = {
    "one_leg": Task(
        environment="envs.assembly.one_leg:OneLegEnvironment",
        expert="envs.assembly.expert:OneLegExpert",
        pictures="envs.assembly.pictures:picture_one_leg",
    ),
}


def make_environment(
    task: str,
    num_envs: int,
    *,
    randomness: str = "low",
    disturbance: bool = False,
    num_threads: int = 0,
) -> BatchedEnvironment:
    """A batch of `num_envs` worlds of the task, all waiting for `reset`.

    randomness: of the initial layout, such as "low", "med" or "high"
    disturbance: push the parts at random during the episode
    num_threads: of the physics; 0 for one a core

    Raises UserError for a task or randomness that there is not.
    """
    environment = _imported(_task_named(task).environment)
    return environment(num_envs, randomness=randomness, disturbance=disturbance, num_threads=num_threads)


def make_expert(environment: BatchedEnvironment) -> Expert:
    """The scripted demonstrator of the environment's task. Raises UserError where there is none."""
    expert = _task_named(environment.spec.name).expert
    if expert is None:
        raise UserError(f"task '{environment.spec.name}' has no scripted expert: give checkpoint=DIR")
    return _imported(expert)(environment)


def make_renderer(environment: BatchedEnvironment, width: int, height: int, camera: str) -> Renderer:
    """Draws the environment's worlds in pictures of `width` x `height` pixels.

    camera: of the scene, such as "front" or "wrist"

    Raises UserError for a camera that there is not, and where nothing can be rendered.
    """
    pictures = _task_named(environment.spec.name).pictures
    if pictures is None:
        raise UserError(f"task '{environment.spec.name}' has nothing to look at")
    from envs.rendering.renderer import WorldRenderer
    from robolearn.evaluation.checks import simulation_of

    return WorldRenderer(simulation_of(environment), _imported(pictures)(), width, height, camera)


def _task_named(name: str) -> Task:
    if name not in TASKS:
        raise unknown_name("task", name, TASKS)
    return TASKS[name]


def _imported(name: str) -> Any:
    module, attribute = name.split(":")
    return getattr(importlib.import_module(module), attribute)
