import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable

import numpy as np
import pytest

from envs.rendering.pictured_world import PlainWorld, ShownWorld
from robolearn.errors import UserError
from robolearn.evaluation import displays, view
from robolearn.evaluation.displays import WebPage, open_display
from robolearn.evaluation.settings import ViewSettings
from robolearn.evaluation.view import watch
from swing_environment import Pusher, Swing
from toy_registry import toy_registry


class Recorder:
    """A display that notes times and angles, and closes after some updates."""

    def __init__(self, closes_after: int = 10**9) -> None:
        self.masses: list[float] = []
        self.times: list[float] = []
        self._left = closes_after

    @property
    def running(self) -> bool:
        return self._left > 0

    def begin(self, world: ShownWorld) -> None:
        world.follow(0)
        self.masses.append(float(world.model.body_mass[1]))

    def update(self, world: ShownWorld) -> None:
        world.follow(0)
        self.times.append(float(world.data.time))
        self._left -= 1

    def close(self) -> None:
        """Nothing to release."""


def test_shows_every_call_of_the_physics_and_each_episode_with_its_own_model(
    capsys: pytest.CaptureFixture[str],
) -> None:
    environment, display = Swing(1), Recorder()
    original = environment.simulation.batch
    settings = ViewSettings(expert=True, speed=1000.0, episodes=2, seed=3)
    watch(environment, Pusher(), display, PlainWorld(environment.simulation), settings)
    np.testing.assert_allclose(display.times, 2 * [0.05 * call for call in range(1, 9)])
    assert len(set(display.masses)) == 2
    assert capsys.readouterr().out.count("failure, furthest stage swinging after 4 steps") == 2
    assert environment.simulation.batch is original


def watch_swing(display: Recorder, settings: ViewSettings) -> None:
    environment = Swing(1)
    watch(environment, Pusher(), display, PlainWorld(environment.simulation), settings)


def test_stops_when_closed() -> None:
    display = Recorder(closes_after=3)
    watch_swing(display, ViewSettings(expert=True, speed=1000.0))
    assert len(display.times) == 4


def test_keeps_the_pace() -> None:
    begin = time.perf_counter()
    watch_swing(Recorder(), ViewSettings(expert=True, speed=4.0, episodes=1))
    assert 0.1 <= time.perf_counter() - begin < 0.5


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.status == 200
    except urllib.error.URLError:
        return False


def test_web_page_is_served_to_this_machine_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    from mujoco.studio.web import web_server

    bound = []
    bind = web_server.bind_public_socket

    def noted(host: str, port: int) -> object:
        bound.append(bind(host, port))
        return bound[-1]

    monkeypatch.setattr(web_server, "bind_public_socket", noted)
    world = PlainWorld(Swing(1).simulation)
    page = WebPage("a title", 0)
    page.begin(world)
    page.update(world)
    eventually(lambda: bool(bound))
    host, port = bound[0].getsockname()
    assert host == "127.0.0.1"
    eventually(lambda: answers(f"http://127.0.0.1:{port}/"))
    assert page.running
    page.close()
    assert not page.running


def test_a_window_needs_a_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(displays, "_has_display", lambda: False)
    with pytest.raises(UserError, match="use viewer=web"):
        open_display("window", "", 0)
    with pytest.raises(UserError, match="did you mean 'window'"):
        open_display("windows", "", 0)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (ViewSettings(), "give checkpoint=DIR"),
        (ViewSettings(expert=True, speed=0.0), "speed=0.0"),
        (ViewSettings(expert=True, port=-1), "port=-1"),
        (ViewSettings(expert=True, task="point_mass"), "point_mass has no physics"),
    ],
)
def test_bad_input_is_one_line(settings: ViewSettings, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "envs.registry", toy_registry())
    monkeypatch.setattr(view, "open_display", lambda *_: Recorder())
    with pytest.raises(UserError, match=message):
        view.view(settings)
