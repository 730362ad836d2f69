"""The manager's environment: episodes follow from their seeds, teachers lead, ends are told apart."""

import math

import mujoco
import pytest
import torch

from envs.humanoid.reach.environment import PHASES, ReachEnvironment
from envs.humanoid.reach.faults import TrainingFaults
from envs.humanoid.reach.references import Hands, Reference
from envs.humanoid.reach.sensing import OBSERVATION, Stand, in_heading
from envs.humanoid.reach.sources import GeneratedSource
from envs.humanoid.reach.teacher import TEACHERS, PublishedHeuristic, mended, published, wrapped
from envs.humanoid.tasks import reach
from envs.registry import make_expert, make_teacher
from envs.robots.g1.constants import ARM_JOINTS, kind_of
from robolearn.environment import episode_seeds
from robolearn.errors import UserError
from robolearn.policies.worker.mirror import Mirror


@pytest.fixture(scope="module")
def environment() -> ReachEnvironment:
    return reach(3, num_threads=1)


def _run(environment: ReachEnvironment, seeds: torch.Tensor, steps: int) -> torch.Tensor:
    observation = environment.reset(seeds, torch.arange(len(seeds)))
    for _ in range(steps):
        observation = environment.step(mended(environment)).observation
    return observation


def test_an_episode_follows_from_its_seed_alone(environment: ReachEnvironment) -> None:
    seeds = episode_seeds(5, 0, 3)
    first = _run(environment, seeds, 30)
    again = _run(environment, seeds.flip(0), 30)
    assert torch.allclose(first, again.flip(0), atol=1e-4)
    assert torch.equal(first, _run(environment, seeds, 30))


def test_observations_are_named_and_finite(environment: ReachEnvironment) -> None:
    observation = environment.reset(episode_seeds(6, 0, 3))
    assert observation.shape == (3, OBSERVATION.size) == (3, 167)
    assert torch.isfinite(observation).all()
    Mirror.of(OBSERVATION.names)


def test_hands_start_at_rest_on_their_references(environment: ReachEnvironment) -> None:
    environment.reset(episode_seeds(7, 0, 3))
    way, turn = environment.hand_errors()
    assert way.max() < 1e-4 and turn.max() < 1e-3


def test_arms_follow_while_the_robot_stands(environment: ReachEnvironment) -> None:
    environment.reset(episode_seeds(8, 0, 3))
    for _ in range(60):
        environment.step(mended(environment))
    way, _ = environment.hand_errors()
    assert way[~environment.done].median() < 0.03


def test_servos_are_told_what_holds_the_arms(environment: ReachEnvironment) -> None:
    environment.reset(episode_seeds(8, 0, 3))
    ahead = environment.arms.step(environment.arms.hands())[0]
    told = ahead * torch.tensor([kind_of(name).gains.stiffness for name in ARM_JOINTS])
    model = environment.simulation.model
    data = mujoco.MjData(model)
    data.qpos[:] = environment.simulation.view("qpos")[0]
    mujoco.mj_forward(model, data)
    wanted = [data.joint(name).qfrc_bias.item() for name in ARM_JOINTS]
    assert told.tolist() == pytest.approx(wanted, abs=0.02) and max(wanted) > 0.5


def _right_hand_gone(seed: int, resting: Hands) -> Reference:
    position = resting.position.repeat(50, 1, 1)
    position[10:, 1, 0] += 2.0
    base = torch.tensor((0.0, 0.0, 0.0, 0.74)).repeat(50, 1)
    return Reference(Hands(position, resting.quaternion.repeat(50, 1, 1)), base)


def test_a_lost_hand_ends_the_episode_by_name() -> None:
    environment = reach(1, source=_right_hand_gone, num_threads=1)
    environment.reset(torch.tensor([1]))
    transition = environment.step(environment.command)
    while not bool(environment.done):
        transition = environment.step(environment.command)
    assert bool(transition.terminated) and PHASES[int(transition.phase)] == "lost"
    assert environment.step_count.tolist() == [10]


def test_an_episode_ends_well_with_its_reference() -> None:
    def short(seed: int, resting: Hands) -> Reference:
        hands = Hands(resting.position.repeat(20, 1, 1), resting.quaternion.repeat(20, 1, 1))
        return Reference(hands, torch.tensor((0.0, 0.0, 0.0, 0.74)).repeat(20, 1))

    environment = reach(1, source=short, num_threads=1)
    environment.record_figures()
    environment.reset(torch.tensor([1]))
    transition = environment.step(environment.command)
    while not bool(environment.done):
        transition = environment.step(environment.command)
    assert bool(transition.success) and bool(transition.truncated) and environment.step_count.item() == 19
    figures = environment.figures()
    assert figures["mean.left_hand_position_error"].item() < 0.02
    assert figures["height2.steps"].item() + figures["height1.steps"].item() == 19


def test_teachers_agree_where_the_published_one_is_right_and_only_there(
    environment: ReachEnvironment,
) -> None:
    environment.reset(episode_seeds(9, 0, 3))
    base = environment.references._base
    base[:, :, 0], base[:, :, 1], base[:, :, 2] = 0.5, 0.0, 0.0
    straight = mended(environment), published(environment)
    assert all((command[:, 0] > 0.2).all() and command[:, 1].abs().max() < 0.05 for command in straight)
    environment.state.yaw[:] = math.pi / 2
    turned, wrong = mended(environment), published(environment)
    assert (turned[:, 1] < -0.2).all() and turned[:, 0].abs().max() < 0.05 and (turned[:, 2] < -0.5).all()
    assert (wrong[:, 0] > 0.2).all() and (wrong[:, 2] == 0.0).all()


def test_each_fault_of_the_published_teacher_can_be_mended_alone(environment: ReachEnvironment) -> None:
    environment.reset(episode_seeds(9, 0, 3))
    base = environment.references._base
    base[:, :, 0], base[:, :, 1], base[:, :, 2] = 0.5, 0.0, 0.2
    environment.state.yaw[:] = math.pi / 2
    wrong = published(environment)
    ahead = PublishedHeuristic(in_heading=True)(environment)
    # A place ahead in the world is on the right of who looks to the left.
    assert torch.allclose(ahead[:, 1], -wrong[:, 0], atol=1e-5) and torch.equal(ahead[:, 2:], wrong[:, 2:])
    turning = PublishedHeuristic(turns=True)(environment)
    assert torch.allclose(turning[:, 2], torch.tensor(0.2 - math.pi / 2), atol=1e-6)
    assert torch.equal(turning[:, [0, 1, 3]], wrong[:, [0, 1, 3]])


def test_where_the_hand_of_the_released_training_is_lost_only_the_left_one_counts() -> None:
    environment = reach(1, source=_right_hand_gone, faults=TrainingFaults(one_hand=True), num_threads=1)
    environment.reset(torch.tensor([1]))
    while not bool(environment.done):
        environment.step(environment.command)
    assert environment.step_count.item() == 49 and PHASES[int(environment.phase[0])] == "following"


def test_arms_led_to_where_they_are_hold_still() -> None:
    seeds, ways = episode_seeds(8, 0, 1), []
    for fault in (False, True):
        environment = reach(1, faults=TrainingFaults(measured_hands=fault), num_threads=1)
        environment.reset(seeds)
        before = environment.arms.angles.clone()
        for _ in range(60):
            environment.step(mended(environment))
        ways.append(float((environment.arms.angles - before).abs().max()))
    assert ways[1] < 0.2 * ways[0]


def test_commands_are_held_between_those_that_count() -> None:
    environment = reach(1, faults=TrainingFaults(command_every=5), num_threads=1)
    environment.reset(episode_seeds(8, 0, 1))
    heights = torch.linspace(0.60, 0.69, 10)
    told = []
    for height in heights:
        environment.step(torch.tensor((0.0, 0.0, 0.0, float(height))).expand(1, 4))
        told.append(float(environment.command[0, 3]))
    assert told == pytest.approx([float(heights[0])] * 5 + [float(heights[5])] * 5)


def test_what_is_seen_turns_with_the_robot() -> None:
    hands = Hands(torch.tensor([[[0.0, 1.0, 0.8], [1.0, 0.0, 0.8]]]), torch.tensor([[[1.0, 0, 0, 0]] * 2]))
    seen = in_heading(hands, Stand(torch.zeros(1, 2), torch.tensor([math.pi / 2])))
    assert torch.allclose(seen[0, 0, :3], torch.tensor((1.0, 0.0, 0.8)), atol=1e-6)
    assert torch.allclose(seen[0, 1, 3:], torch.tensor((0.0, 1.0, 0.0, -1.0, 0.0, 0.0)), atol=1e-6)


def test_angles_are_wrapped() -> None:
    angles = torch.tensor((3.5, -3.5, 0.1))
    assert torch.allclose(
        wrapped(angles), torch.tensor((3.5 - 2 * math.pi, 2 * math.pi - 3.5, 0.1)), atol=1e-6
    )


def test_generated_references_are_their_seeds_alone() -> None:
    resting = Hands(torch.tensor([[0.2, 0.2, 0.8], [0.2, -0.2, 0.8]]), torch.tensor([[1.0, 0, 0, 0]] * 2))
    source = GeneratedSource(walks=1.0)
    one, same, other = (source(int(seed), resting) for seed in (*episode_seeds(1, 4, 1).repeat(2), 1 << 33))
    assert torch.equal(one.hands.position, same.hands.position) and torch.equal(one.base, same.base)
    assert len(one) != len(other) or not torch.equal(one.hands.position, other.hands.position)


def test_an_unknown_randomness_is_named() -> None:
    with pytest.raises(UserError, match="full"):
        reach(1, randomness="ful")


def test_the_expert_is_the_mended_teacher(environment: ReachEnvironment) -> None:
    expert, seen = make_expert(environment), environment.reset(episode_seeds(3, 0, 3))
    expert.reset(episode_seeds(3, 0, 3))
    assert torch.equal(expert.act(seen), environment.limited(mended(environment)))


def test_a_teacher_acts_by_its_name(environment: ReachEnvironment) -> None:
    seen = environment.reset(episode_seeds(3, 0, 3))
    for name, teacher in TEACHERS.items():
        acted = make_teacher(environment, name).act(seen)
        assert torch.equal(acted, environment.limited(teacher(environment)))
    with pytest.raises(UserError, match="published_turning"):
        make_teacher(environment, "publishd_turning")
