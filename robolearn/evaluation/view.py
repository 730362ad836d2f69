"""`robolearn view`: watch a policy at work, in a window or in a browser."""

import itertools
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import torch
from mujoco.batch import Batch

from robolearn.checks import check_at_least, check_positive
from robolearn.environment import BatchedEnvironment, episode_seeds
from robolearn.evaluation.checks import check_seed, simulation_of
from robolearn.evaluation.controllers import Controller, ControllerChoice
from robolearn.evaluation.displays import Display, open_display
from robolearn.evaluation.driving import Drivable, DrivenController, Steering
from robolearn.evaluation.settings import ViewSettings

if TYPE_CHECKING:
    from envs.rendering.pictured_world import ShownWorld


def view(settings: ViewSettings) -> None:
    """Show episodes until the viewer is closed, or `episodes` of them; a robot that takes commands is driven.

    Raises UserError for settings that make no sense, or a viewer that does not work here.
    """
    check_positive(speed=settings.speed)
    check_at_least(0, episodes=settings.episodes, port=settings.port)
    check_seed(settings.seed)
    choice = ControllerChoice.of(settings.checkpoint, settings.expert, settings.device, settings.seed)
    from envs.registry import make_environment, make_shown_world

    environment = make_environment(
        settings.task, 1, randomness=settings.randomness, disturbance=settings.disturbance, num_threads=1
    )
    try:
        controller = choice.build(environment)
        world = make_shown_world(environment)
        steering = None
        if settings.drive and isinstance(environment, Drivable):
            steering = Steering(environment.ranges)
            controller = DrivenController(controller, environment, steering)
        display = open_display(settings.viewer, f"robolearn {settings.task}", settings.port, steering)
        try:
            watch(environment, controller, display, world, settings)
        finally:
            display.close()
    finally:
        environment.close()


def watch(
    environment: BatchedEnvironment,
    controller: Controller,
    display: Display,
    world: "ShownWorld",
    settings: ViewSettings,
) -> None:
    """Run episodes one after another and show every call of the physics in its own time.

    environment: one world, with a `simulation`, an `envs.simulation.Simulation`
    world: shows that simulation
    """
    simulation = simulation_of(environment)
    batch = simulation.batch
    pace = _Pace(float(simulation.model.opt.timestep) / settings.speed)

    def shown(substeps: int) -> None:
        display.update(world)
        pace.wait(substeps)

    simulation.batch = cast(Any, _WatchedBatch(batch, shown))
    try:
        for episode in range(settings.episodes) if settings.episodes else itertools.count():
            outcome = _episode(environment, controller, display, world, settings.seed, episode)
            if outcome is None:
                return
            sys.stdout.write(f"episode {episode}: {outcome}\n")
    finally:
        simulation.batch = batch


def _episode(
    environment: BatchedEnvironment,
    controller: Controller,
    display: Display,
    shown: "ShownWorld",
    seed: int,
    episode: int,
) -> str | None:
    """What became of the episode; None when the viewer was closed before its end."""
    seeds = episode_seeds(seed, episode, 1)
    world = torch.tensor([0])
    observation = environment.reset(seeds, world)
    controller.reset(seeds, world)
    display.begin(shown)
    for step in itertools.count(1):
        if not display.running:
            return None
        transition = environment.step(controller.act(observation))
        observation = transition.observation
        if transition.done[0]:
            phase = environment.spec.phases[int(transition.phase[0])]
            result = "success" if transition.success[0] else f"failure, furthest stage {phase}"
            return f"{result} after {step} steps"
    raise AssertionError("unreachable")


class _WatchedBatch:
    """Passes everything on to a `Batch`, and tells `stepped` the substeps of each step."""

    def __init__(self, batch: Batch, stepped: Callable[[int], None]) -> None:
        self._batch = batch
        self._stepped = stepped

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def step(self, *arguments: Any, nstep: int, **options: Any) -> None:
        """See Batch.step."""
        self._batch.step(*arguments, nstep=nstep, **options)
        self._stepped(nstep)


class _Pace:
    """Keeps simulated time in step with the clock; time lost to a slow machine is not made up for."""

    def __init__(self, seconds_per_substep: float) -> None:
        self._period = seconds_per_substep
        self._due = time.perf_counter()

    def wait(self, substeps: int) -> None:
        """Wait until `substeps` after the time that the last wait ended at."""
        self._due = max(self._due + substeps * self._period, time.perf_counter())
        time.sleep(max(0.0, self._due - time.perf_counter()))
