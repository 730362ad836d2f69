"""A stand-in for `envs.registry` that knows the point mass, for tests of verbs."""

from collections.abc import Callable
from types import ModuleType

import numpy as np

from robolearn.environment import Expert
from robolearn.errors import UserError, unknown_name
from robolearn.evaluation.checks import simulation_of
from toy_environment import PointMassEnvironment, PointMassExpert


def grey(position: float) -> int:
    """The level that `FlatRenderer` paints a mass at x = `position` [m] with."""
    return min(255, max(0, round(128 + 100 * position)))


class FlatRenderer:
    """Pictures of one grey, the brighter the farther the mass is to the right."""

    def __init__(self, environment: PointMassEnvironment, width: int, height: int) -> None:
        self._environment = environment
        self._shape = (height, width, 3)

    def render(self, env_id: int) -> np.ndarray:
        return np.full(self._shape, grey(float(self._environment.observation[env_id, 0])), dtype=np.uint8)

    def close(self) -> None:
        """Nothing to release."""


def toy_registry(
    bias: Callable[[int], float] = lambda _: 0.0,
    renders: bool = True,
    expert: Callable[[PointMassEnvironment], Expert] | None = None,
) -> ModuleType:
    """A module like `envs.registry`.

    bias: of the expert, by how many experts were made before
    expert: makes another one instead
    """
    module = ModuleType("envs.registry")
    made = []

    def make_environment(
        task: str,
        num_envs: int,
        *,
        randomness: str = "low",
        disturbance: bool = False,
        num_threads: int = 0,
    ) -> PointMassEnvironment:
        if task != "point_mass":
            raise unknown_name("task", task, ["point_mass"])
        return PointMassEnvironment(num_envs)

    def make_expert(environment: PointMassEnvironment) -> Expert:
        if expert is not None:
            return expert(environment)
        made.append(environment)
        return PointMassExpert(environment, bias(len(made) - 1))

    def make_renderer(
        environment: PointMassEnvironment, width: int, height: int, camera: str
    ) -> FlatRenderer:
        if not renders:
            raise UserError("this machine does not render: install EGL")
        return FlatRenderer(environment, width, height)

    module.__dict__.update(
        make_environment=make_environment,
        make_expert=make_expert,
        make_renderer=make_renderer,
        make_shown_world=simulation_of,
    )
    return module
