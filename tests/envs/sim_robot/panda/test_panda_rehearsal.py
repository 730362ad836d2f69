"""A policy through the bridge sees and does what it sees and does in an evaluation."""

import numpy as np
import pytest
import torch

from envs.assembly.one_leg import OneLegEnvironment
from envs.sim_robot.panda.rehearsal import ArmRehearsal
from panda_cells import Drawing
from robolearn.bridge.arm.episode_report import Outcome
from robolearn.bridge.arm.situation import Mode
from robolearn.environment import episode_seeds
from robolearn.evaluation.controllers import PolicyController
from robolearn.evaluation.rollouts import run_episodes
from robolearn.paths import assets_directory
from robolearn.policies.registry import load_policy

KORR = assets_directory() / "checkpoints" / "one_leg_low_korr"


@pytest.mark.parametrize("joints", [False, True])
def test_it_sees_what_the_environment_shows(joints: bool) -> None:
    policy, twin = Drawing(), Drawing()
    rehearsal = ArmRehearsal(policy, seed=7, episodes=1, joints=joints)
    while len(policy.seen) < 12:
        rehearsal.tick()
    environment = OneLegEnvironment(1, num_threads=1)
    observation = environment.reset(episode_seeds(7, 0, 1))
    for seen in policy.seen:
        # Both are float32 of doubles that differ by rounding.
        torch.testing.assert_close(seen, observation, rtol=0.0, atol=2e-6)
        observation = environment.step(twin.act(observation)).observation
    assert not rehearsal.robot.refused
    assert rehearsal.robot.cell.steps == len(policy.seen) - 1
    assert rehearsal.robot.obeyed == 2 * rehearsal.robot.cell.steps


def test_an_episode_ends_as_it_does_in_an_evaluation() -> None:
    rehearsal = ArmRehearsal(load_policy(KORR), seed=7, episodes=1)
    rehearsal.run()
    table = rehearsal.examination.table()
    environment = OneLegEnvironment(1, num_threads=1)
    policy = PolicyController(load_policy(KORR, expected=environment.spec), 1, 7)
    plain = run_episodes(environment, policy, episode_seeds(7, 0, 1))
    assert (table.success == plain.success).all() and table.seed.tolist() == plain.seed.tolist()
    assert np.abs(table.steps - plain.steps).max() <= 10
    assert rehearsal.robot.ended == {Outcome.SUCCESS: 1} and not rehearsal.robot.refused


def test_without_lock_step_it_flies_as_well() -> None:
    policy = Drawing()
    rehearsal = ArmRehearsal(policy, seed=7, episodes=1, lockstep=False)
    for _ in range(12):
        rehearsal.tick()
    assert rehearsal.loop.situation.mode is Mode.POLICY and not rehearsal.robot.refused
    assert rehearsal.robot.obeyed >= 2 * (len(policy.seen) - 1) and len(policy.seen) >= 10
    assert rehearsal.robot.cell.end_effector.position[2] < policy.seen[0][0, 2]


def test_an_action_that_is_not_finite_holds() -> None:
    policy = Drawing(broken_from=5)
    rehearsal = ArmRehearsal(policy, seed=7, episodes=1)
    while rehearsal.loop.situation.mode is not Mode.HOLD:
        rehearsal.tick()
    assert rehearsal.loop.situation.reason == "the policy's action is not finite"
    places = []
    for _ in range(12):
        rehearsal.tick()
        places.append(rehearsal.robot.cell.end_effector.position)
    assert np.linalg.norm(places[-1] - places[-2]) < 1e-3
    assert len(policy.seen) == 5 and not rehearsal.robot.refused
