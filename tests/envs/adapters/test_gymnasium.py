"""The tasks through Gymnasium and stable-baselines3: checkers, seeds, and worlds that restart."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode
from stable_baselines3.common import env_checker as stable_baselines3

from envs.adapters.vector import VectorEnvironment
from envs.registry import make_environment
from robolearn.environment import episode_seeds
from robolearn.errors import UserError
from robolearn.reinforcement.vec_env import task_vec_env
from robolearn.rendering_probe import probe_rendering
from toy_environment import POINT_MASS, PointMassEnvironment

ID = "robolearn/OneLeg-v0"


@pytest.fixture(scope="module")
def single() -> Iterator[gymnasium.Env[Any, Any]]:
    env = gymnasium.make(ID)
    yield env
    env.close()


def test_gymnasium_finds_the_task_without_an_import(tmp_path: Path) -> None:
    program = (
        "import sys, gymnasium; assert 'torch' not in sys.modules;"
        f"print(gymnasium.make('{ID}').observation_space.shape)"
    )
    run = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert run.stdout == "(58,)\n", run.stderr


@pytest.mark.filterwarnings("ignore:.*Box observation space .* is .?infinity")
def test_gymnasiums_checker_passes(single: gymnasium.Env[Any, Any]) -> None:
    check_env(single.unwrapped, skip_render_check=True, skip_close_check=True)


@pytest.mark.filterwarnings("error")
def test_stable_baselines3s_checker_passes(single: gymnasium.Env[Any, Any]) -> None:
    stable_baselines3.check_env(single)


def test_single_vector_and_vec_env_run_the_same_episodes(single: gymnasium.Env[Any, Any]) -> None:
    vector = gymnasium.make_vec(ID, num_envs=3, num_threads=1)
    vec_env = task_vec_env(make_environment("one_leg", 3, num_threads=1), seed_stream=7)
    np.testing.assert_array_equal(single.reset(seed=7)[0], vector.reset(seed=7)[0][0])
    np.testing.assert_array_equal(vec_env.reset(), vector.reset(seed=7)[0])
    vector.action_space.seed(0)
    for _ in range(3):
        actions = vector.action_space.sample()
        observations = vector.step(actions)[0]
        np.testing.assert_array_equal(single.step(actions[0])[0], observations[0])
        np.testing.assert_array_equal(vec_env.step(actions)[0], observations)
    vector.close()


def test_a_seed_determines_the_episodes_that_follow(single: gymnasium.Env[Any, Any]) -> None:
    first, second, third = (single.reset(seed=seed)[0] for seed in (3, None, None))
    again = [single.reset(seed=seed)[0] for seed in (3, None, 2**31 + 3)]
    np.testing.assert_array_equal(again, [first, second, first])
    assert len(np.unique([first, second, third, single.reset(seed=4)[0]], axis=0)) == 4


def test_options_reach_the_task() -> None:
    calm = gymnasium.make(ID, randomness="low").reset(seed=5)[0]
    wild = gymnasium.make(ID, randomness="high", disturbance=True).reset(seed=5)[0]
    assert not np.array_equal(calm, wild)
    with pytest.raises(UserError, match=r"unknown randomness 'hihg'.*did you mean 'high'"):
        gymnasium.make(ID, randomness="hihg")
    with pytest.raises(UserError, match="unknown render_mode 'rgb': valid are rgb_array"):
        gymnasium.make_vec(ID, num_envs=1, render_mode="rgb")


def test_pictures_come_through_the_chosen_camera_or_a_line_says_why_not() -> None:
    options: dict[str, Any] = {"render_mode": "rgb_array", "camera": "wrist", "width": 64, "height": 48}
    single, vector = gymnasium.make(ID, **options), gymnasium.make_vec(ID, num_envs=2, **options)
    single.reset(seed=1)
    vector.reset(seed=1)
    if not any(found.works for found in probe_rendering()):
        with pytest.raises(UserError, match="does not render"):
            single.render()
        return
    picture, pictures = single.render(), vector.render()
    assert isinstance(picture, np.ndarray) and picture.shape == (48, 64, 3)
    assert pictures is not None and len(pictures) == 2
    np.testing.assert_array_equal(pictures[0], picture)
    assert not np.array_equal(pictures[1], picture)
    single.close()
    vector.close()


@pytest.fixture
def point_masses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "envs.adapters.vector.make_environment", lambda task, num_envs, **_: PointMassEnvironment(num_envs)
    )


def to_the_goals(observation: np.ndarray) -> np.ndarray:
    return observation[:, 4:6]


def seed_of(observation: np.ndarray, worlds: int) -> list[int]:
    """Numbers of the run's episodes that `observation`, the first of an episode, may belong to."""
    twin = PointMassEnvironment(worlds)
    starts = twin.reset(episode_seeds(0, 0, worlds)).numpy()
    return [index for index in range(worlds) if np.array_equal(starts[index], observation)]


@pytest.mark.usefixtures("point_masses")
def test_next_step_mode_begins_episodes_with_the_step_after() -> None:
    env = VectorEnvironment("point_mass", 3)
    assert env.metadata["autoreset_mode"] is AutoresetMode.NEXT_STEP
    observation = env.reset(seed=0)[0]
    ended = np.zeros(3, dtype=bool)
    begun = 0
    for _ in range(3 * POINT_MASS.max_episode_steps):
        observation, reward, terminated, truncated, infos = env.step(to_the_goals(observation))
        assert not (terminated | truncated)[ended].any() and not reward[ended].any()
        np.testing.assert_array_equal(infos["_is_success"], ~ended)
        for world in np.flatnonzero(ended):
            assert seed_of(observation[world], 3 + begun + int(ended.sum()))[0] >= 3
        begun += int(ended.sum())
        ended = terminated | truncated
        np.testing.assert_array_equal(infos["is_success"][ended], reward[ended] > 0)
    assert begun > 3


@pytest.mark.usefixtures("point_masses")
def test_same_step_mode_keeps_the_last_observation() -> None:
    env = VectorEnvironment("point_mass", 3, autoreset_mode="SameStep")
    twin = VectorEnvironment("point_mass", 3, autoreset_mode="Disabled")
    observation, done = env.reset(seed=0)[0], np.zeros(3, dtype=bool)
    twin.reset(seed=0)
    infos: dict[str, Any] = {}
    expected, reward = observation, np.zeros(3)
    while not done.any():
        actions = to_the_goals(observation)
        observation, *_, infos = env.step(actions)
        expected, reward, terminated, truncated, _ = twin.step(actions)
        done = terminated | truncated
    np.testing.assert_array_equal(infos["_final_obs"], done)
    np.testing.assert_array_equal(infos["_is_success"], ~done)
    for world in np.flatnonzero(done):
        np.testing.assert_array_equal(infos["final_obs"][world], expected[world])
        assert infos["final_info"]["is_success"][world] == (reward[world] > 0)
        assert seed_of(observation[world], 6)[0] >= 3
    np.testing.assert_array_equal(observation[~done], expected[~done])


@pytest.mark.usefixtures("point_masses")
def test_disabled_mode_waits_for_the_mask() -> None:
    env = VectorEnvironment("point_mass", 3, autoreset_mode="Disabled")
    first, still = env.reset(seed=0)[0], np.zeros((3, 2), dtype=np.float32)
    last = [env.step(still) for _ in range(POINT_MASS.max_episode_steps)][-1]
    assert (last[2] | last[3]).all()
    mask = np.array([False, True, False])
    restarted = env.reset(options={"reset_mask": mask})[0]
    np.testing.assert_array_equal(restarted[~mask], last[0][~mask])
    assert not np.array_equal(restarted[mask], first[mask])
    _, _, terminated, truncated, _ = env.step(still)
    np.testing.assert_array_equal(terminated | truncated, ~mask)


@pytest.mark.usefixtures("point_masses")
def test_what_was_returned_is_never_overwritten() -> None:
    env = VectorEnvironment("point_mass", 2, autoreset_mode="SameStep")
    kept = [env.reset(seed=0)[0]]
    copies = [kept[0].copy()]
    for _ in range(2 * POINT_MASS.max_episode_steps):
        kept.append(env.step(to_the_goals(kept[-1]))[0])
        copies.append(kept[-1].copy())
    np.testing.assert_array_equal(kept, copies)
