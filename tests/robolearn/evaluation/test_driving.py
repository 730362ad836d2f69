"""Keys and sliders to commands, within limits, and from there to the environment."""

from types import SimpleNamespace
from typing import Any

import mujoco.viewer
import pytest
import torch
from torch import Tensor
from torch.nn.functional import pad

from envs.humanoid.scene import CONTROL_RATE
from envs.humanoid.settings import CommandRanges
from envs.humanoid.worker import WorkerEnvironment
from envs.rendering.pictured_world import PlainWorld
from envs.robots.g1.crouch import crouch_targets
from robolearn.evaluation import displays, view
from robolearn.evaluation.controllers import ControllerChoice
from robolearn.evaluation.displays import Window
from robolearn.evaluation.driving import KEYS, Drivable, DrivenController, Steering
from robolearn.evaluation.settings import ViewSettings
from robolearn.policies.worker.command import LOWERING_RATE
from swing_environment import Swing


@pytest.fixture
def steering() -> Steering:
    return Steering(CommandRanges())


def test_it_begins_upright_and_still(steering: Steering) -> None:
    assert steering.command == (0.0, 0.0, 0.0, 0.74)


def test_keys_go_forth_and_come_back_to_zero(steering: Steering) -> None:
    for key in ("UpArrow", "Home", "LeftArrow"):
        for _ in range(3):
            steering.press(key)
    assert steering.command == (0.3, 0.3, 0.6, 0.74)
    for key in ("DownArrow", "End", "RightArrow"):
        for _ in range(3):
            steering.press(key)
    assert steering.command == (0.0, 0.0, 0.0, 0.74)


def test_commands_stay_within_what_was_trained(steering: Steering) -> None:
    for key in KEYS:
        for _ in range(30):
            steering.press(key)
    assert steering.command == (-0.8, -0.5, -1.0, 0.3)
    steering.set(0, 9.0)
    assert steering.command[0] == 1.2


def test_stopping_keeps_the_height(steering: Steering) -> None:
    for key in ("UpArrow", "PageDown", "PageDown", "Space"):
        steering.press(key)
    assert steering.command == (0.0, 0.0, 0.0, 0.66)
    steering.press("A")
    assert steering.command == (0.0, 0.0, 0.0, 0.66)


def test_the_text_says_keys_and_values(steering: Steering) -> None:
    steering.press("UpArrow")
    keys, values = steering.text()
    assert keys.splitlines()[0] == "forward (UpArrow, DownArrow)" and "stop (Space)" in keys
    assert values.splitlines() == ["0.10 m/s", "0.00 m/s", "0.00 rad/s", "0.74 m"]


class Crouching:
    """Holds the crouch of the height told."""

    def reset(self, episode_seeds: Tensor, env_ids: Tensor | None = None) -> None:
        """Nothing is remembered."""

    def act(self, observation: Tensor) -> Tensor:
        return pad(crouch_targets(observation[:, 4])[:, :15], (0, 1))


def test_the_robot_is_told_what_is_steered(steering: Steering) -> None:
    environment = WorkerEnvironment(1, randomness="none", num_threads=1)
    assert isinstance(environment, Drivable)
    controller = DrivenController(Crouching(), environment, steering)
    observation = environment.reset(torch.tensor([1]))
    assert observation[0, :5].tolist() == pytest.approx([0.0, 0.0, 0.0, 0.74, 0.74])
    steering.set(3, 0.6)
    for _ in range(3):
        observation = environment.step(controller.act(observation)).observation
    assert observation[0, :5].tolist() == pytest.approx(
        [0.0, 0.0, 0.0, 0.6, 0.74 - 3 * LOWERING_RATE / CONTROL_RATE]
    )


def test_other_tasks_are_not_driven() -> None:
    assert not isinstance(Swing(1), Drivable)


class Handle:
    """Stands in for MuJoCo's window, which needs a display."""

    def __init__(self, *_: Any, key_callback: Any, **__: Any) -> None:
        self.press = key_callback
        self.texts: Any = None
        self.cam = mujoco.MjvCamera()

    def lock(self) -> Any:
        return torch.no_grad()

    def set_texts(self, texts: Any) -> None:
        self.texts = texts

    def sync(self) -> None:
        """Nothing to draw."""


def test_the_window_passes_keys_on_and_shows_the_command(
    steering: Steering, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mujoco.viewer, "launch_passive", Handle)
    window, world = Window(steering), PlainWorld(Swing(1).simulation)
    window.begin(world)
    handle: Any = window._viewer
    for code in (265, 265, 262, 267, ord("W")):
        handle.press(code)
    window.update(world)
    assert steering.command == (0.2, 0.0, -0.2, 0.7)
    assert handle.texts == (None, None, *steering.text())


def test_every_key_reaches_the_window() -> None:
    assert sorted(displays._GLFW_KEYS.values()) == sorted(KEYS)


def test_a_window_without_steering_leaves_keys_to_mujoco(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mujoco.viewer, "launch_passive", Handle)
    window = Window()
    window.begin(PlainWorld(Swing(1).simulation))
    handle: Any = window._viewer
    assert handle.press is None and handle.texts is None


@pytest.mark.parametrize("camera", [-1, 0])
def test_a_window_looks_through_the_camera_that_the_model_asks_for(
    camera: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mujoco.viewer, "launch_passive", Handle)
    window, world = Window(), PlainWorld(Swing(1).simulation)
    world.model.vis.global_.cameraid = camera
    window.begin(world)
    seen: Any = window._viewer
    kind = mujoco.mjtCamera.mjCAMERA_FREE if camera < 0 else mujoco.mjtCamera.mjCAMERA_FIXED
    assert (seen.cam.type, seen.cam.fixedcamid) == (kind.value, camera)


def test_keys_of_the_browser_drive_and_stay_away_from_studio(
    steering: Steering, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mujoco.studio import messages

    from robolearn.evaluation import driving_panel

    pressed: list[str] = []
    io = SimpleNamespace(WantCaptureKeyboard=False)
    keys = SimpleNamespace(**{key: key for key in KEYS})
    imgui = SimpleNamespace(GetIO=lambda: io, Key=keys, IsKeyPressed=lambda key: key in pressed)
    assert all(hasattr(driving_panel.imgui.Key, key) for key in KEYS)
    monkeypatch.setattr(driving_panel, "imgui", imgui)
    panel = driving_panel.DrivingPanel(steering)
    assert not panel.press_keys(messages.UpdateEvent())
    pressed[:] = ["UpArrow", "PageDown"]
    assert panel.press_keys(messages.UpdateEvent())
    assert steering.command == (0.1, 0.0, 0.0, 0.7)
    io.WantCaptureKeyboard = True
    assert not panel.press_keys(messages.UpdateEvent())
    assert steering.command == (0.1, 0.0, 0.0, 0.7)


class Slid:
    """Dear ImGui with a hand on its sliders.

    values: what each is moved to, by its label
    """

    def __init__(self, values: dict[str, float], stops: bool) -> None:
        self._values, self._stops = values, stops

    def __getattr__(self, name: str) -> Any:
        return lambda *_: True

    def SliderFloat(self, label: str, value: float, *_: Any) -> tuple[bool, float]:
        return label in self._values, self._values.get(label, value)

    def Button(self, _: str) -> bool:
        return self._stops


def test_sliders_of_the_browser_drive(steering: Steering, monkeypatch: pytest.MonkeyPatch) -> None:
    from mujoco.studio import messages

    from robolearn.evaluation import driving_panel

    panel = driving_panel.DrivingPanel(steering)
    for stops, expected in ((False, 0.55), (True, 0.0)):
        slid = Slid({"forward [m/s]": 0.55, "height [m]": 0.5}, stops)
        monkeypatch.setattr(driving_panel, "imgui", slid)
        panel.build(messages.BuildGuiEvent())
        assert steering.command == (expected, 0.0, 0.0, 0.5)


@pytest.mark.parametrize("drive", [True, False])
def test_view_drives_where_it_is_asked_to(drive: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    found: dict[str, Any] = {}
    monkeypatch.setattr(ControllerChoice, "build", lambda *_: Crouching())
    monkeypatch.setattr(view, "watch", lambda *arguments: found.update(controller=arguments[1]))

    def opened(*arguments: Any) -> Any:
        found["steering"] = arguments[3]
        return SimpleNamespace(close=lambda: None)

    monkeypatch.setattr(view, "open_display", opened)
    view.view(ViewSettings(checkpoint="a", task="g1_worker", randomness="none", drive=drive))
    assert isinstance(found["controller"], DrivenController) == drive
    assert isinstance(found["steering"], Steering) == drive
