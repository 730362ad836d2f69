"""Tasks by name. Nothing of a task is imported before it is asked for."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from robolearn.environment import BatchedEnvironment, Expert
from robolearn.errors import UserError, unknown_name

if TYPE_CHECKING:
    import mujoco

    from envs.rendering.pictured_world import ShownWorld


@dataclass(frozen=True)
class Task:
    """Where a task's classes are, each as "module:class".

    environment: called with num_envs and the keywords of `make_environment`
    expert: called with the environment; None where nobody has scripted one
    teacher: called with the environment and a teacher's name; None where there are none to choose from
    """

    environment: str
    expert: str | None = None
    teacher: str | None = None


@dataclass(frozen=True)
class Model:
    """Where a model is built, as "module:function" without arguments that returns an `MjSpec`.

    simulated: as it is simulated
    pictures: the same with looks; None where there are none
    """

    simulated: str
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
    ),
    "g1_worker": Task(environment="envs.humanoid.tasks:worker"),
    "g1_worker_legs": Task(environment="envs.humanoid.tasks:worker_legs"),
    "g1_stand": Task(environment="envs.humanoid.tasks:stand"),
    "g1_reach": Task(
        environment="envs.humanoid.tasks:reach",
        expert="envs.humanoid.reach.expert:PrivilegedTeacher",
        teacher="envs.humanoid.reach.expert:PrivilegedTeacher",
    ),
    "g1_tour": Task(environment="envs.humanoid.tour.environment:TourEnvironment"),
}

MODELS: Final[Mapping[str, Model]] = {
    "one_leg": Model("envs.assembly.nominal_start:one_leg_scene", "envs.assembly.pictures:picture_one_leg"),
    "panda": Model("envs.robots.panda.model:build_panda"),
    "g1": Model("envs.robots.g1.model:build_g1", "envs.robots.g1.looks:picture_g1"),
    "g1_hands": Model(
        "envs.robots.g1.model:build_g1_with_hands", "envs.robots.g1.looks:picture_g1_with_hands"
    ),
    "g1_worker": Model("envs.humanoid.scene:g1_scene", "envs.humanoid.pictures:picture_worker"),
    "g1_worker_legs": Model("envs.humanoid.scene:g1_scene", "envs.humanoid.pictures:picture_worker"),
    "g1_reach": Model("envs.humanoid.scene:g1_scene", "envs.humanoid.pictures:picture_worker"),
}
"""Scenes of the tasks, under their names, and robots."""


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


def make_teacher(environment: BatchedEnvironment, name: str) -> Expert:
    """One of the teachers of the environment's task. Raises UserError where there is none of that name."""
    teacher = _task_named(environment.spec.name).teacher
    if teacher is None:
        raise UserError(f"task '{environment.spec.name}' has no teachers: leave out teacher={name}")
    return _imported(teacher)(environment, name)


def make_renderer(environment: BatchedEnvironment, width: int, height: int, camera: str) -> Renderer:
    """Draws the environment's worlds in pictures of `width` x `height` pixels.

    camera: of the scene, such as "front" or "wrist"

    Raises UserError for a camera that there is not, and where nothing can be rendered.
    """
    from envs.rendering.renderer import WorldRenderer
    from robolearn.evaluation.checks import simulation_of

    spec = make_model(environment.spec.name, looks=True)
    marks = getattr(environment, "marks", None)
    return WorldRenderer(simulation_of(environment), spec, width, height, camera, marks)


def make_shown_world(environment: BatchedEnvironment) -> "ShownWorld":
    """For viewers: the environment's model, with its looks where it has any, that follows a world at a time.

    Raises UserError for a task without physics.
    """
    from envs.rendering.pictured_world import PicturedWorld, PlainWorld
    from robolearn.evaluation.checks import simulation_of

    name, simulation = environment.spec.name, simulation_of(environment)
    if name in MODELS and MODELS[name].pictures is not None:
        return PicturedWorld(simulation, make_model(name, looks=True))
    return PlainWorld(simulation)


def make_model(name: str, *, looks: bool = False) -> "mujoco.MjSpec":
    """A task's scene or a robot, ready to compile.

    looks: with visual meshes, lights and cameras

    Raises UserError for a model that there is not, or that has no looks.
    """
    if name not in MODELS:
        raise unknown_name("model", name, MODELS)
    builder = MODELS[name].pictures if looks else MODELS[name].simulated
    if builder is None:
        raise UserError(f"model '{name}' has no looks")
    return _imported(builder)()


def _task_named(name: str) -> Task:
    if name not in TASKS:
        raise unknown_name("task", name, TASKS)
    return TASKS[name]


def _imported(name: str) -> Any:
    module, attribute = name.split(":")
    return getattr(importlib.import_module(module), attribute)
