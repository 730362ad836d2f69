"""The deployed worker sees and does what the simulated one does."""

import os
import signal
import time

import numpy as np
import pytest
import torch

from deployed_robot import WORKER
from envs.humanoid.sensing import measured
from envs.humanoid.worker import WorkerEnvironment
from robolearn.bridge.deploy.exchange import NO_HANDS, PolicyAnswer, PolicyRequest
from robolearn.bridge.deploy.policy_loop import DeployedWorker, PolicyLoop
from robolearn.bridge.deploy.policy_process import PolicyProcess
from robolearn.bridge.deploy.ports import Slot
from robolearn.policies.registry import load_policy
from robolearn.policies.worker.worker_policy import WorkerPolicy

COMMAND, UPRIGHT = np.array([0.4, 0.0, 0.2, 0.6]), np.array([1.0, 0.0, 0.0, 0.0])


def worker() -> WorkerPolicy:
    policy = load_policy(WORKER)
    assert isinstance(policy, WorkerPolicy)
    return policy


def request(number: int, active: bool = True) -> PolicyRequest:
    still = np.concatenate((np.zeros(3), [0.0, 0.0, -1.0], np.zeros(58)))
    return PolicyRequest(number, active, COMMAND, UPRIGHT, NO_HANDS, still)


def test_actions_are_those_of_the_simulation() -> None:
    environment = WorkerEnvironment(1, randomness="none", num_threads=1)
    policy, deployed = worker(), DeployedWorker(worker())
    observation = environment.reset(torch.tensor([3]))
    environment.set_command(torch.tensor(COMMAND)[None].float())
    policy.reset(num_envs=1)
    # The deployment begins where its own command says, not where the simulation's first one did.
    environment.shaper.reset(torch.tensor([0]), torch.tensor([COMMAND[3]]).float())
    observation[0, :4] = torch.tensor([0.0, 0.0, 0.0, COMMAND[3]])
    observation[0, 4], observation[0, 5:7] = COMMAND[3], 0.0
    for step in range(40):
        state = measured(environment.state)[0].double().numpy()
        action = policy.act(observation)
        asked = PolicyRequest(step + 1, True, COMMAND, UPRIGHT, NO_HANDS, state)
        targets = deployed.answer(asked, 0.0).targets
        assert targets == pytest.approx(action[0, :-1].numpy(), abs=1e-5)
        observation = environment.step(action).observation
    assert bool(environment.shaper.gait.moving[0])


def test_a_policy_that_does_not_drive_begins_anew_every_time() -> None:
    deployed = DeployedWorker(worker())
    first = deployed.answer(request(1, active=False), 0.0).targets
    deployed.answer(request(2), 0.0)
    moved = deployed.answer(request(3), 0.0).targets
    assert not np.allclose(first, moved)
    assert np.array_equal(deployed.answer(request(4, active=False), 0.0).targets, first)


def test_every_request_is_answered_once() -> None:
    requests, answers = Slot(), Slot()
    loop = PolicyLoop(DeployedWorker(worker()), requests, answers)
    loop.tick(1.0)
    assert answers.latest() is None
    requests.put(request(7).vector())
    loop.tick(2.0)
    loop.tick(3.0)
    message = answers.latest()
    assert message is not None
    answer = PolicyAnswer.of(message)
    assert (answer.number, answer.at, answer.targets.shape, answer.arms.size) == (7, 2.0, (15,), 0)
    assert np.isnan(answer.place).all()


def test_requests_survive_the_way() -> None:
    there = PolicyRequest.of(request(5).vector())
    assert (there.number, there.active) == (5, True)
    assert np.array_equal(there.command, COMMAND) and there.measurement.shape == (64,)
    assert np.array_equal(there.quaternion, UPRIGHT) and np.isnan(there.hands).all()


def test_a_process_answers_until_it_is_killed() -> None:
    process = PolicyProcess(str(WORKER))
    try:
        number, end = 0, time.monotonic() + 60.0
        while process.port.latest() is None and time.monotonic() < end:
            number += 1
            process.port.put(request(number).vector())
            time.sleep(0.02)
        message = process.port.latest()
        assert message is not None and process.alive
        answer = PolicyAnswer.of(message)
        assert np.isfinite(answer.targets).all() and 0.0 <= time.monotonic() - answer.at < 60.0
        os.kill(process.pid, signal.SIGKILL)
        while process.alive and time.monotonic() < end:
            time.sleep(0.01)
        assert not process.alive
        # Neither side of the port notices more than that there is nothing new.
        process.port.put(request(number + 1).vector())
        last = process.port.latest()
        assert last is not None and np.isfinite(PolicyAnswer.of(last).targets).all()
    finally:
        process.stop()
