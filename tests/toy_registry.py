"""A stand-in for `envs.registry` that knows the point mass, for tests of verbs."""

from collections.abc import Callable
from types import ModuleType

import numpy as np

from robolearn.errors import UserError, unknown_name
from toy_environment import PointMassEnvironment, PointMassExpert


class FlatRenderer:
    """Pictures of one grey, brighter from frame to frame."""

    def __init__(self, width: int, height: int) -> None:
        self._shape = (height, width, 3)
        self._frames = 0

    def render(self, env_id: int) -> np.ndarray:
        self._frames += 1
        return np.full(self._shape, self._frames * 8 % 256, dtype=np.uint8)

    def close(self) -> None:
        """Nothing to release."""


def toy_registry(bias: Callable[[int], float] = lambda _: 0.0, renders: bool = True) -> ModuleType:
    """A module like `envs.registry`; `bias` of the expert depends on how many experts were made before."""
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

    def make_expert(environment: PointMassEnvironment) -> PointMassExpert:
        made.append(environment)
        return PointMassExpert(environment, bias(len(made) - 1))

    def make_renderer(
        environment: PointMassEnvironment, width: int, height: int, camera: str
    ) -> FlatRenderer:
        if not renders:
            raise UserError("this machine does not render: install EGL")
        return FlatRenderer(width, height)

    module.__dict__.update(
        make_environment=make_environment, make_expert=make_expert, make_renderer=make_renderer
    )
    return module
