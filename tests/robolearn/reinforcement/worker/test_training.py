"""A tiny training of the worker: it learns something, comes back from disk, and resumes to the same bytes."""

import dataclasses
import json
from pathlib import Path

import pytest
import torch

from envs.humanoid.worker import WorkerEnvironment
from envs.humanoid.worker_training import make_worker
from robolearn.checkpoint import load_checkpoint
from robolearn.environment import episode_seeds
from robolearn.errors import UserError
from robolearn.policies.policy import Policy
from robolearn.policies.registry import load_policy
from robolearn.policies.worker.action import owned_joints
from robolearn.policies.worker.command import is_moving
from robolearn.policies.worker.networks import MirroredPerceptron, unmirrored
from robolearn.policies.worker.settings import WorkerNetworks
from robolearn.reinforcement.worker.settings import Curriculum, WorkerOptimisation, WorkerPpoSettings
from robolearn.reinforcement.worker.train import make_trainer, train
from robolearn.reinforcement.worker.trainer import WorkerTrainer
from robolearn.reinforcement.worker.worker_episodes import WorkerEpisodes
from robolearn.tensor_files import read_tensors
from robolearn.training.session import LATEST, STATE

SMALL = WorkerNetworks(
    hidden=[16, 8], critic_hidden=[16, 8], estimator_hidden=[16, 8], lags=[0, 2], estimator_lags=[1]
)
OPTIMISATION = WorkerOptimisation(rollout_steps=4, minibatch_size=16, epochs=2)
WORLDS = 6
STEPS = WORLDS * OPTIMISATION.rollout_steps
"""Of all worlds in an iteration."""


def settings(out: Path, iterations: int, resume: bool = False) -> WorkerPpoSettings:
    return WorkerPpoSettings(
        num_envs=WORLDS,
        networks=SMALL,
        ppo=OPTIMISATION,
        curriculum=Curriculum(raise_seconds=0.1, lower_seconds=0.01, change=0.3),
        calm_share=0.25,
        total_steps=iterations * STEPS,
        minutes=0.0,
        num_threads=1,
        wandb="disabled",
        out=str(out),
        resume=str(out) if resume else None,
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("worker") / "run"
    train(settings(out, 4))
    return out


def state_of(out: Path) -> dict[str, torch.Tensor]:
    record = json.loads((out / STATE / "state.json").read_text())
    return read_tensors(out / STATE / "state.safetensors", record["tensors"])


def actions(policy: Policy) -> torch.Tensor:
    environment = WorkerEnvironment(2, num_threads=1)
    policy.reset(num_envs=2)
    observation = environment.reset(episode_seeds(0, 0, 2))
    found = []
    for _ in range(5):
        found.append(policy.act(observation))
        observation = environment.step(found[-1]).observation
    return torch.stack(found)


def test_a_resumed_run_ends_with_the_same_bytes(run: Path, tmp_path: Path) -> None:
    train(settings(tmp_path / "cut", 2))
    train(settings(tmp_path / "cut", 4, resume=True))
    whole, cut = state_of(run), state_of(tmp_path / "cut")
    assert whole.keys() == cut.keys()
    for name, value in whole.items():
        assert torch.equal(value, cut[name]), name


def test_the_curriculum_rises_and_the_networks_change(run: Path) -> None:
    rows = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    assert rows[-1]["train/level"] == pytest.approx(1.0) or rows[-1]["train/level"] >= 0.3
    weights = load_checkpoint(run / LATEST).weights
    assert float(weights["network.actor.layers.2.kept.weight"].abs().max()) > 1e-3


def test_the_worker_comes_back_and_acts_the_same(run: Path) -> None:
    environment = WorkerEnvironment(1, num_threads=1)
    first, second = (load_policy(run, expected=environment.spec) for _ in range(2))
    assert torch.equal(actions(first), actions(second))


def test_a_worker_of_other_joints_is_refused(run: Path) -> None:
    legs = WorkerEnvironment(1, owned="legs", num_threads=1)
    with pytest.raises(UserError, match=r"g1_worker.*not 'g1_worker_legs'"):
        load_policy(run, expected=legs.spec)
    fewer = dataclasses.replace(legs.spec, name="g1_worker")
    with pytest.raises(UserError, match="action has 16 entries, the task 13"):
        load_policy(run, expected=fewer)


def test_another_control_rate_is_refused(run: Path) -> None:
    spec = dataclasses.replace(WorkerEnvironment(1, num_threads=1).spec, control_rate_hz=100.0)
    with pytest.raises(UserError, match=r"control rate is 50\.0 Hz"):
        load_policy(run, expected=spec)


def test_one_world_forgets_alone(run: Path) -> None:
    policy = load_policy(run)
    policy.reset(num_envs=2)
    observation = torch.randn(2, WorkerEnvironment(1, num_threads=1).spec.observation.size)
    policy.act(observation)
    policy.reset(torch.tensor([1]), num_envs=2)
    after = policy.act(0.5 * observation)
    policy.reset(num_envs=2)
    policy.reset(torch.tensor([0, 1]), num_envs=2)
    fresh = policy.act(0.5 * observation)
    assert torch.equal(after[1], fresh[1]) and not torch.equal(after[0], fresh[0])


def test_a_task_that_has_no_worker_is_refused(tmp_path: Path) -> None:
    wrong = dataclasses.replace(settings(tmp_path / "run", 1), task="one_leg")
    with pytest.raises(UserError, match="unknown task of a worker 'one_leg': valid are g1_worker"):
        train(wrong)
    assert not (tmp_path / "run").exists()


def test_a_device_that_there_is_not_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    wrong = dataclasses.replace(settings(tmp_path / "run", 1), device="abacus")
    with pytest.raises(UserError, match="device=abacus is not usable"):
        train(wrong)
    assert not (tmp_path / "run").exists()


def test_the_legs_alone_can_be_trained(tmp_path: Path) -> None:
    legs = dataclasses.replace(settings(tmp_path / "run", 1), task="g1_worker_legs")
    train(legs)
    assert len(owned_joints(load_checkpoint(tmp_path / "run").spec.action)) == 12


def test_training_begins_from_another_worker_and_its_actor_waits_for_the_critic(
    run: Path, tmp_path: Path
) -> None:
    begun = dataclasses.replace(
        settings(tmp_path / "begun", 2),
        initial=str(run),
        ppo=dataclasses.replace(OPTIMISATION, critic_iterations=1),
        curriculum=Curriculum(start=0.7),
    )
    trainer = make_trainer(begun)
    trainer.start()
    trained = load_checkpoint(run).weights
    assert trainer.episodes.level == 0.7

    def moved(part: str) -> float:
        weights = trainer.episodes.policy.state_dict()
        names = [name for name in trained if name.startswith(f"network.{part}.")]
        return max(float((weights[name] - trained[name]).abs().max()) for name in names)

    critic = [weight.clone() for weight in trainer.algorithm.policy.critic.parameters()]
    trainer.iterate()
    assert moved("actor") == 0.0
    assert moved("estimator") > 0.0
    assert any(
        not torch.equal(before, after)
        for before, after in zip(critic, trainer.algorithm.policy.critic.parameters(), strict=True)
    )
    trainer.iterate()
    assert moved("actor") > 0.0


def test_a_worker_of_other_sizes_is_no_beginning(run: Path, tmp_path: Path) -> None:
    other = dataclasses.replace(SMALL, hidden=[8, 8])
    wrong = dataclasses.replace(settings(tmp_path / "run", 1), networks=other, initial=str(run))
    with pytest.raises(UserError, match="holds no worker with these networks"):
        train(wrong)
    assert not (tmp_path / "run").exists()


def test_another_servo_is_refused_by_its_joint(run: Path) -> None:
    spec = WorkerEnvironment(1, num_threads=1).spec
    stiffer = {**spec.gains, "left_knee_joint": (300.0, 4.0)}
    with pytest.raises(UserError, match=r"servo of 'left_knee_joint' has gains \(150\.0, 4\.0\), the task's"):
        load_policy(run, expected=dataclasses.replace(spec, gains=stiffer))


def test_what_the_actor_estimates_is_where_the_simulator_tells_it() -> None:
    environment = WorkerEnvironment(3, num_threads=1)
    policy = make_worker(environment.spec, SMALL)
    episodes = WorkerEpisodes(environment, policy, 0)
    truth = episodes.start()[:, episodes.estimated_places]
    velocity = environment.state.velocity_in_heading
    names = policy.config.estimated
    torch.testing.assert_close(truth[:, :3], 2.0 * velocity)
    assert names[:3] == [f"velocity_in_heading.{axis}" for axis in "xyz"]
    com = [names.index("com_over_feet.x"), names.index("com_over_feet.y")]
    torch.testing.assert_close(truth[:, com], 10.0 * environment.state.com_over_feet)


def test_the_estimator_learns_from_a_rollout() -> None:
    environment = WorkerEnvironment(WORLDS, num_threads=1)
    episodes = WorkerEpisodes(environment, make_worker(environment.spec, SMALL), 0)
    critic = MirroredPerceptron(episodes.critic_mirror, [8], unmirrored(1), last_gain=1.0)
    trainer = WorkerTrainer(settings(Path("unused"), 1), episodes, critic)
    trainer.start()
    trainer.algorithm.collect()
    errors = []
    for _ in range(30):
        trainer.algorithm.train()
        errors.append(trainer.algorithm.metrics["ppo/estimation_error"])
    assert sum(errors[-10:]) < 0.8 * sum(errors[:10])


def test_robots_that_walk_explore_wider_than_those_that_stand() -> None:
    trainer = make_trainer(settings(Path("unused"), 1))
    trainer.algorithm.narrow(1.0)
    episodes = trainer.episodes
    observation = episodes.start()
    assert (trainer.algorithm.policy.spread(observation) == OPTIMISATION.final_std).all()
    episodes.environment.set_command(torch.tensor([0.5, 0.0, 0.0, 0.74]).expand(WORLDS, 4))
    episodes.step(torch.zeros(WORLDS, episodes.action_size))
    spread = trainer.algorithm.policy.spread(
        episodes.step(torch.zeros(WORLDS, episodes.action_size)).observation
    )
    torch.testing.assert_close(spread, torch.full((WORLDS, 1), OPTIMISATION.walking_std))


def test_in_a_share_of_the_worlds_the_truth_balances() -> None:
    environment = WorkerEnvironment(4, num_threads=1)
    policy = make_worker(environment.spec, SMALL)
    episodes = WorkerEpisodes(environment, policy, 0, privileged_share=0.5)
    estimated = episodes.start()[:, episodes.estimated_places]
    episodes._episodes.limits[:] = 1000
    raw, parts = episodes._raw.clone(), episodes.observation[:, : episodes.frames_size].clone()
    episodes.step(torch.zeros(4, episodes.action_size))
    with torch.no_grad():
        truth = policy.decide(raw, estimated, torch.zeros(4, episodes.action_size)).effort
        guess = policy.decide(
            raw, policy.network.estimate(parts), torch.zeros(4, episodes.action_size)
        ).effort
    assert not torch.allclose(truth, guess)
    torch.testing.assert_close(episodes._last_effort, torch.cat((truth[:2], guess[2:])))


def test_in_calm_worlds_nobody_pushes_and_robots_squat() -> None:
    environment = WorkerEnvironment(8, num_threads=1)
    episodes = WorkerEpisodes(environment, make_worker(environment.spec, SMALL), 0)
    episodes.level, episodes.calm_share = 1.0, 0.25
    episodes.start()
    calm = torch.tensor([1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    torch.testing.assert_close(environment.difficulty.low, calm)
    torch.testing.assert_close(environment.difficulty.pushes, 1.0 - calm)
    assert not is_moving(environment.command[calm.bool()]).any()


def test_a_mean_over_no_iteration_is_refused(tmp_path: Path) -> None:
    none = dataclasses.replace(OPTIMISATION, averaged_iterations=0)
    with pytest.raises(UserError, match="averaged_iterations"):
        make_trainer(dataclasses.replace(settings(tmp_path / "run", 1), ppo=none))
