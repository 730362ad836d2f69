import numpy as np
import pytest
import torch
from stable_baselines3 import PPO

from residual_fakes import point_mass_worlds
from robolearn.reinforcement.vec_env import BatchVecEnv, task_vec_env
from toy_environment import POINT_MASS, PointMassEnvironment


def test_terminal_observations_and_time_outs_reach_the_library() -> None:
    env = BatchVecEnv(point_mass_worlds(12, bias=0.05), action_limit=10.0, reward_scale=5.0)
    twin = point_mass_worlds(12, bias=0.05)
    assert np.array_equal(env.reset(), twin.start().numpy())
    seen = {"success": 0, "time-out": 0}
    for _ in range(2 * POINT_MASS.max_episode_steps):
        observation, reward, done, infos = env.step(np.zeros((12, 2), dtype=np.float32))
        step = twin.step(torch.zeros(12, 2))
        assert isinstance(observation, np.ndarray)
        assert np.array_equal(observation, step.observation.numpy())
        assert np.array_equal(reward, 5.0 * step.success.numpy())
        for world in range(12):
            assert bool(infos[world]) == bool(done[world])
            if done[world]:
                assert np.array_equal(
                    infos[world]["terminal_observation"], step.final_observation[world].numpy()
                )
                assert infos[world]["TimeLimit.truncated"] == bool(step.truncated[world])
                seen["success" if infos[world]["is_success"] else "time-out"] += 1
    assert min(seen.values()) > 0


def test_the_librarys_own_ppo_trains_on_any_task() -> None:
    env = task_vec_env(PointMassEnvironment(16), seed_stream=0)
    model = PPO("MlpPolicy", env, n_steps=16, batch_size=64, n_epochs=1, device="cpu", seed=0)
    model.learn(16 * 16 * 2)
    assert model.num_timesteps == 512
    action, _ = model.predict(env.reset(), deterministic=True)
    assert action.shape == (16, 2)


def test_worlds_of_a_batch_have_no_attributes_of_their_own() -> None:
    env = task_vec_env(PointMassEnvironment(3), seed_stream=0)
    assert env.get_attr("render_mode") == [None] * 3
    assert env.env_is_wrapped(BatchVecEnv, [0, 2]) == [False, False]
    with pytest.raises(AttributeError):
        env.set_attr("render_mode", "human")
    env.close()
