import torch

from residual_fakes import CHUNK, LAYOUT, FakeBase, point_mass_correction, point_mass_worlds
from robolearn.environment import episode_seeds
from robolearn.policies.policy import NORMALISED_LIMIT
from robolearn.reinforcement.residual.validation import validate
from toy_environment import POINT_MASS, PointMassEnvironment


def test_zero_residual_is_the_base_policy() -> None:
    """Against a plain loop that runs one episode after the other."""
    worlds = point_mass_worlds(1, bias=0.03, seed_stream=2)
    worlds.start()
    environment, base = PointMassEnvironment(1), FakeBase(0.03)
    for index in range(4):
        observation, done = environment.reset(episode_seeds(2, index, 1)), False
        base.reset(num_envs=1)
        while not done:
            assert torch.equal(LAYOUT.split(worlds.observation)[0], observation / 2.0)
            transition = environment.step(base.act(observation))
            step = worlds.step(torch.zeros(1, 2))
            observation, done = transition.observation, bool(transition.done)
            assert torch.equal(step.reward, transition.reward)
            assert bool(step.done) == done


def test_observation_holds_clamped_state_base_action_and_phase() -> None:
    worlds = point_mass_worlds(4)
    view = worlds.start()
    observation, base_action, phase = LAYOUT.split(view)
    assert view.shape == (4, 9)
    assert float(observation.abs().max()) <= NORMALISED_LIMIT
    torch.testing.assert_close(base_action, observation[:, 4:6] + 0.04)
    for expected in (0.0, 0.25, 0.5, 0.75, 0.0):
        assert phase.flatten().tolist() == [expected] * 4
        phase = LAYOUT.split(worlds.step(torch.zeros(4, 2)).observation)[2]


def test_chunks_never_outlive_their_episode() -> None:
    worlds = point_mass_worlds(16, bias=0.0)
    worlds.start()
    finished_inside_a_chunk = 0
    for _ in range(100):
        step = worlds.step(torch.zeros(16, 2))
        observation, base_action, phase = LAYOUT.split(step.observation)
        assert bool((phase[step.done] == 0.0).all())
        torch.testing.assert_close(base_action, observation[:, 4:6])
        final_phase = LAYOUT.split(step.final_observation)[2]
        finished_inside_a_chunk += int((final_phase[step.done] > 0.0).sum())
    assert finished_inside_a_chunk > 0


def test_executed_action_is_base_plus_scaled_residual() -> None:
    correction = point_mass_correction(bias=0.0, action_scale=0.1)
    correction.base.reset(num_envs=2)
    view = correction.observe(torch.tensor([[0.0, 0, 0, 0, 0.4, -0.2], [0.0, 0, 0, 0, 1.0, 0.0]]))
    residual = torch.tensor([[1.0, -1.0], [0.5, 0.0]])
    torch.testing.assert_close(correction.executed(view, residual), torch.tensor([[0.3, -0.2], [0.55, 0.0]]))
    torch.testing.assert_close(correction.action(view, residual), torch.tensor([[0.6, -0.4], [1.1, 0.0]]))


def test_restored_worlds_go_on_to_the_same_bytes() -> None:
    generator = torch.Generator().manual_seed(0)
    residuals = torch.randn(50, 8, 2, generator=generator)
    worlds, again = point_mass_worlds(8), point_mass_worlds(8)
    worlds.start()
    for residual in residuals[:27]:
        worlds.step(residual)
    assert torch.equal(again.restore(worlds.state()), worlds.observation)
    for residual in residuals[27:]:
        assert torch.equal(worlds.step(residual).observation, again.step(residual).observation)


def test_validation_counts_one_episode_a_seed() -> None:
    seeds = episode_seeds(4, 0, 21)
    residual = lambda view: torch.zeros(len(view), 2)  # noqa: E731
    results = [
        validate(PointMassEnvironment(n), point_mass_correction(bias=0.05), residual, seeds) for n in (4, 32)
    ]
    assert results[0] == results[1]
    assert 0.0 < results[0].success_rate < 1.0
    perfect = validate(PointMassEnvironment(8), point_mass_correction(bias=0.0), residual, seeds)
    assert perfect.success_rate == 1.0
    assert 0 < perfect.success_steps < POINT_MASS.max_episode_steps
    assert CHUNK == 4
