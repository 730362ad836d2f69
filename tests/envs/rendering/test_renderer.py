"""Pictures of one_leg where this machine renders, and one clear line where it does not."""

import numpy as np
import pytest
import torch

from envs.assembly.one_leg import OneLegEnvironment
from envs.registry import Renderer, make_renderer
from envs.rendering import graphics
from robolearn.errors import UserError
from robolearn.rendering_probe import Rendering, probe_rendering

RENDERS = any(found.works for found in probe_rendering())


@pytest.fixture
def environment() -> OneLegEnvironment:
    environment = OneLegEnvironment(2, num_threads=1)
    environment.reset(torch.tensor([1, 2]))
    return environment


def opened(environment: OneLegEnvironment, camera: str = "front") -> Renderer | None:
    """The renderer, or None after a check of the line that says why there is none."""
    if RENDERS:
        return make_renderer(environment, 64, 48, camera)
    with pytest.raises(UserError, match=r"this machine does not render .* install"):
        make_renderer(environment, 64, 48, camera)
    return None


@pytest.mark.parametrize("camera", ["front", "wrist", "overview"])
def test_every_camera_sees_something(environment: OneLegEnvironment, camera: str) -> None:
    renderer = opened(environment, camera)
    if renderer is not None:
        picture = renderer.render(0)
        assert picture.shape == (48, 64, 3) and picture.dtype == np.uint8
        assert picture.std() > 20
        renderer.close()


def test_pictures_show_the_world_that_is_asked_for_as_it_is(environment: OneLegEnvironment) -> None:
    renderer = opened(environment)
    if renderer is not None:
        first, second = renderer.render(0), renderer.render(1)
        assert np.abs(first.astype(int) - second).max() > 50
        np.testing.assert_array_equal(renderer.render(0), first)
        environment.reset(torch.tensor([2]), torch.tensor([0]))
        np.testing.assert_array_equal(renderer.render(0), second)
        renderer.close()


def test_a_diverged_world_keeps_its_last_picture(environment: OneLegEnvironment) -> None:
    renderer = opened(environment)
    if renderer is not None:
        before = renderer.render(0)
        environment.simulation.view("qpos")[0, 3] = torch.nan
        np.testing.assert_array_equal(renderer.render(0), before)
        renderer.close()


def test_an_unknown_camera_is_named(environment: OneLegEnvironment) -> None:
    with pytest.raises(UserError, match=r"unknown camera 'wirst': .* did you mean 'wrist'"):
        make_renderer(environment, 64, 48, "wirst")


def test_a_machine_without_graphics_says_how_to_mend_it(
    environment: OneLegEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = [Rendering("egl", False, "no library", "install EGL: apt install libegl1")]
    monkeypatch.setattr(graphics, "probe_rendering", lambda backends: broken)
    graphics._backend.cache_clear()
    with pytest.raises(UserError, match=r"does not render \(egl: no library\): install EGL: apt"):
        make_renderer(environment, 64, 48, "front")
    graphics._backend.cache_clear()
