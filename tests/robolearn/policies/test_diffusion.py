"""The base policy: chunks, each world at its own place in its own."""

import copy
import dataclasses

import pytest
import torch
from torch import Tensor

from robolearn.data.normalisation import MinMaxNormaliser
from robolearn.errors import UserError
from robolearn.policies.diffusion import DiffusionPolicy
from robolearn.policies.policy import NORMALISED_LIMIT
from robolearn.policies.settings import DiffusionSettings
from toy_environment import POINT_MASS
from toy_runs import SMALL_POLICY

EXECUTED = SMALL_POLICY.execution_horizon
OBSERVATION, ACTION = POINT_MASS.observation.size, POINT_MASS.action.size


def policy(settings: DiffusionSettings = SMALL_POLICY) -> DiffusionPolicy:
    """Random weights, so that every input shows in the actions."""
    torch.manual_seed(0)
    observation = MinMaxNormaliser(torch.full((OBSERVATION,), -2.0), torch.full((OBSERVATION,), 2.0))
    action = MinMaxNormaliser(torch.tensor([-1.0, 0.0]), torch.tensor([3.0, 10.0]))
    made = DiffusionPolicy(settings, POINT_MASS, observation, action)
    for parameter in made.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    return made.eval()


class Planning:
    """Notes how many worlds plan at each call of `sample`."""

    def __init__(self, watched: DiffusionPolicy) -> None:
        self.batches: list[int] = []
        self.chunks: list[Tensor] = []
        sample = watched.sample

        def noted(context: Tensor, draft: Tensor | None = None, drafted: Tensor | None = None) -> Tensor:
            self.batches.append(len(context))
            self.chunks.append(sample(context, draft, drafted))
            return self.chunks[-1]

        watched.sample = noted


def test_a_chunk_is_carried_out_before_the_next_is_planned() -> None:
    acting = policy()
    planning = Planning(acting)
    acting.reset(num_envs=3)
    actions = [acting.base_action(torch.randn(3, OBSERVATION)) for _ in range(2 * EXECUTED + 1)]
    assert planning.batches == [3, 3, 3]
    for index, (action, place) in enumerate(actions):
        assert torch.equal(action, planning.chunks[index // EXECUTED][:, index % EXECUTED])
        assert place.tolist() == [index % EXECUTED / EXECUTED] * 3


def test_each_world_plans_when_its_own_chunk_is_used_up() -> None:
    acting = policy()
    planning = Planning(acting)
    acting.reset(num_envs=4)
    observation = torch.randn(4, OBSERVATION)
    acting.base_action(observation)
    acting.reset(torch.tensor([1, 3]))
    _, place = acting.base_action(observation)
    assert planning.batches == [4, 2]
    assert (place * EXECUTED).tolist() == [1.0, 0.0, 1.0, 0.0]
    for _ in range(EXECUTED - 1):
        acting.base_action(observation)
    assert planning.batches == [4, 2, 2]
    acting.base_action(observation)
    assert planning.batches == [4, 2, 2, 2]


def test_named_worlds_act_without_the_others() -> None:
    acting = policy()
    acting.reset(num_envs=4)
    observation = torch.randn(4, OBSERVATION)
    acting.base_action(observation)
    _, place = acting.base_action(observation[[0, 2]], torch.tensor([0, 2]))
    _, all_places = acting.base_action(observation)
    assert (place * EXECUTED).tolist() == [1.0, 1.0]
    assert (all_places * EXECUTED).tolist() == [2.0, 1.0, 2.0, 1.0]
    with pytest.raises(ValueError, match="2 observations for 4 worlds"):
        acting.base_action(observation[:2])


def test_actions_come_in_the_tasks_units() -> None:
    acting = policy()
    acting.reset(num_envs=64)
    action = acting.act(torch.randn(64, OBSERVATION))
    assert bool(((action >= torch.tensor([-1.0, 0.0])) & (action <= torch.tensor([3.0, 10.0]))).all())
    assert float(action[:, 1].max()) > 5.0


def test_equal_seeds_act_alike() -> None:
    acting = policy()
    observation = torch.randn(5, OBSERVATION)

    def actions(seed: int) -> Tensor:
        acting.seed(seed)
        acting.reset(num_envs=5)
        return torch.stack([acting.act(observation) for _ in range(2 * EXECUTED)])

    first = actions(3)
    assert torch.equal(first, actions(3))
    assert not torch.equal(first, actions(4))


@pytest.mark.parametrize("warm_start", [False, True])
def test_a_policy_goes_on_from_its_memory(warm_start: bool) -> None:
    acting = policy(dataclasses.replace(SMALL_POLICY, warm_start=warm_start))
    acting.reset(num_envs=3)
    observation = torch.randn(3 * EXECUTED, 3, OBSERVATION)
    for step in range(EXECUTED + 2):
        acting.act(observation[step])
    memory, other = acting.memory(), copy.deepcopy(acting)
    other.seed(9)
    other.reset(num_envs=3)
    other.set_memory(memory)
    for step in range(EXECUTED + 2, 3 * EXECUTED):
        assert torch.equal(acting.act(observation[step]), other.act(observation[step]))


def test_a_warm_start_uses_the_rest_of_the_last_chunk_until_a_reset() -> None:
    warm, cold = policy(dataclasses.replace(SMALL_POLICY, warm_start=True)), policy()
    observation = torch.randn(2, OBSERVATION)
    for acting in (warm, cold):
        acting.reset(num_envs=2)
        acting.seed(0)
    for _ in range(EXECUTED):
        assert torch.equal(warm.act(observation), cold.act(observation)), "there is nothing to start from yet"
    for acting in (warm, cold):
        acting.reset(torch.tensor([1]))
    second, plain = warm.act(observation), cold.act(observation)
    assert not torch.equal(second[0], plain[0])
    torch.testing.assert_close(second[1], plain[1])


def test_observations_are_normalised_and_clamped() -> None:
    acting = policy()
    seen = acting.normalised(torch.tensor([[-2.0, 0.0, 2.0, 100.0, -100.0, 1.0]]))
    assert seen.tolist() == [[-1.0, 0.0, 1.0, NORMALISED_LIMIT, -NORMALISED_LIMIT, 0.5]]


@pytest.mark.parametrize("prediction", ["epsilon", "sample"])
def test_the_loss_is_the_error_of_what_is_predicted(prediction: str) -> None:
    noise_settings = dataclasses.replace(SMALL_POLICY.noise, prediction=prediction)
    acting = policy(dataclasses.replace(SMALL_POLICY, noise=noise_settings))
    observation, step = torch.randn(7, OBSERVATION), torch.arange(7)
    chunk, noise = torch.randn(2, 7, 8, ACTION)
    noisy = acting.schedule.add_noise(chunk, noise, step)
    wanted = {"epsilon": noise, "sample": chunk}[prediction]
    expected = (acting.denoiser(noisy, step, observation) - wanted).square().mean()
    torch.testing.assert_close(acting.loss(observation, chunk, step, noise), expected)


def test_weights_of_the_loss() -> None:
    acting = policy()
    observation, step = torch.randn(7, OBSERVATION), torch.arange(7)
    chunk, noise = torch.randn(2, 7, 8, ACTION)
    only = torch.zeros(8, ACTION)
    only[2, 1] = 8 * ACTION
    predicted = acting.denoiser(acting.schedule.add_noise(chunk, noise, step), step, observation)
    expected = (predicted - acting.schedule.target(chunk, noise, step))[:, 2, 1].square().mean()
    torch.testing.assert_close(acting.loss(observation, chunk, step, noise, only), expected)


@pytest.mark.parametrize("executed", [0, 9])
def test_horizons_that_do_not_fit(executed: int) -> None:
    with pytest.raises(UserError, match=f"execution_horizon={executed} is not valid: 1 to"):
        policy(dataclasses.replace(SMALL_POLICY, execution_horizon=executed))
