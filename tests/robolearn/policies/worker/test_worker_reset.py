"""A worker forgets the worlds that begin anew, and those alone, in and out of inference mode."""

import torch

from envs.humanoid.sensing import OBSERVATION
from envs.humanoid.worker_training import make_worker
from envs.robots.g1.constants import LEG_JOINTS
from robolearn.evaluation.controllers import PolicyController
from robolearn.policies.worker.settings import WorkerNetworks
from robolearn.policies.worker.worker_policy import WorkerPolicy
from robolearn.specification import TaskSpec, VectorSpec


def worker() -> WorkerPolicy:
    action = VectorSpec(tuple(f"{joint}.target" for joint in LEG_JOINTS), ("rad",) * len(LEG_JOINTS))
    spec = TaskSpec("g1_worker_legs", OBSERVATION, action, 50.0, 100, ("standing",))
    torch.manual_seed(0)
    policy = make_worker(spec, WorkerNetworks([16], lags=[0, 2], estimator_lags=[1]))
    for parameter in policy.requires_grad_(False).parameters():
        torch.nn.init.normal_(parameter, std=0.1)
    return policy


def test_a_world_that_begins_anew_acts_as_a_fresh_one_and_the_others_go_on() -> None:
    observations = torch.randn(4, 2, OBSERVATION.size)
    together, alone, fresh = (PolicyController(worker(), count, 0) for count in (2, 1, 1))
    seeds = torch.zeros(2, dtype=torch.int64)
    together.reset(seeds)
    for observation in observations[:3]:
        together.act(observation)
        alone.act(observation[:1])
    together.reset(seeds[:1], torch.tensor([1]))
    actions = together.act(observations[3])
    expected = alone.act(observations[3, :1])
    torch.testing.assert_close(actions[:1], expected, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(actions[1:], fresh.act(observations[3, 1:]))
