"""Policies come back from their folders as they were, and nothing else comes out of one."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from robolearn.checkpoint import load_checkpoint, save_checkpoint
from robolearn.data.normalisation import MinMaxNormaliser
from robolearn.errors import UserError
from robolearn.policies.diffusion import DiffusionPolicy
from robolearn.policies.policy import Policy
from robolearn.policies.registry import load_policy, save_policy
from robolearn.policies.residual import ResidualConfig
from robolearn.policies.residual_actors import ACTORS, make_residual_actor
from robolearn.policies.residual_policy import ResidualPolicy
from robolearn.specification import TaskSpec, VectorSpec
from toy_environment import POINT_MASS
from toy_runs import SMALL_POLICY

OBSERVATION, ACTION = POINT_MASS.observation.size, POINT_MASS.action.size


def diffusion_policy() -> DiffusionPolicy:
    torch.manual_seed(0)
    observation = MinMaxNormaliser(-1.5 - torch.rand(OBSERVATION), 1.5 + torch.rand(OBSERVATION))
    action = MinMaxNormaliser(-torch.ones(2), 3 * torch.ones(2))
    policy = DiffusionPolicy(SMALL_POLICY, POINT_MASS, observation, action)
    return _randomised(policy)


def residual_policy(actor: str = "koopman", goal: bool = False) -> ResidualPolicy:
    base = diffusion_policy()
    config = ResidualConfig(actor, OBSERVATION, ACTION, lifted_size=12, hidden_size=16, goal=goal)
    made = make_residual_actor(config)
    if goal:
        made.set_goal(torch.linspace(-1, 1, OBSERVATION))
    return ResidualPolicy(base, _randomised(made), action_scale=0.2)


def _randomised(module: Any) -> Any:
    for parameter in module.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    return module.eval()


def actions(policy: Policy, steps: int = 10) -> torch.Tensor:
    assert isinstance(policy, DiffusionPolicy | ResidualPolicy)
    policy.seed(5)
    policy.reset(num_envs=3)
    generator = torch.Generator().manual_seed(1)
    return torch.stack(
        [policy.act(torch.randn(3, OBSERVATION, generator=generator)) for _ in range(steps)]
    ).detach()


def test_a_base_policy_comes_back(tmp_path: Path) -> None:
    policy = diffusion_policy()
    save_policy(tmp_path / "base", policy, POINT_MASS, {"success": 0.5})
    state = torch.random.get_rng_state()
    loaded = load_policy(tmp_path / "base", expected=POINT_MASS)
    assert torch.equal(torch.random.get_rng_state(), state), "loading draws nothing from the global sequence"
    assert torch.equal(actions(loaded), actions(policy))
    assert not any(parameter.requires_grad for parameter in loaded.parameters())
    assert load_checkpoint(tmp_path / "base").metrics == {"success": 0.5}


@pytest.mark.parametrize("goal", [False, True])
@pytest.mark.parametrize("actor", ACTORS)
def test_a_residual_policy_comes_back_with_its_base(tmp_path: Path, actor: str, goal: bool) -> None:
    policy = residual_policy(actor, goal)
    save_policy(tmp_path / "residual", policy, POINT_MASS, parent="abc")
    loaded = load_policy(tmp_path / "residual")
    assert torch.equal(actions(loaded), actions(policy))
    assert not torch.equal(actions(loaded), actions(diffusion_policy()))
    assert load_checkpoint(tmp_path / "residual").parent == "abc"


def test_a_residual_of_zero_acts_as_its_base() -> None:
    policy = residual_policy()
    policy.actor = make_residual_actor(policy.actor.config)
    torch.testing.assert_close(actions(policy), actions(diffusion_policy()))


def saved(tmp_path: Path, residual: bool = False) -> Path:
    path = tmp_path / "policy"
    save_policy(path, residual_policy() if residual else diffusion_policy(), POINT_MASS)
    return path


def edit(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change a checkpoint's record as somebody with an editor might."""
    record = json.loads((path / "checkpoint.json").read_text())
    change(record)
    (path / "checkpoint.json").write_text(json.dumps(record))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda r: r.update(kind="diffuser"), "unknown policy kind .* did you mean 'diffusion'"),
        (lambda r: r.update(kind="residual"), "unknown entry in .*config 'prediction_horizon'"),
        (lambda r: r["config"].pop("noise"), "config lacks 'noise'"),
        (lambda r: r["config"].update(horizon=3), "unknown entry in .*config 'horizon'"),
        (lambda r: r["config"].update(execution_horizon="8"), "execution_horizon is '8', expected int"),
        (lambda r: r["config"].update(execution_horizon=True), "execution_horizon is True, expected int"),
        (lambda r: r["config"].update(denoiser=None), "config.denoiser is not a JSON object"),
        (lambda r: r["config"]["denoiser"].update(name="os.system"), "unknown denoiser 'os.system'"),
        (lambda r: r["config"]["denoiser"]["mlp"].update(width=64), "has shape"),
        (lambda r: r["config"]["denoiser"]["mlp"].update(blocks=3), "lacks 'denoiser.blocks.2"),
        (lambda r: r["config"]["denoiser"]["unet"].update(channels=[1.5]), "expected"),
        (lambda r: r["config"].update(prediction_horizon=16), "has shape"),
    ],
)
def test_a_record_that_names_anything_else_is_refused(
    tmp_path: Path, change: Callable[[dict[str, Any]], None], message: str
) -> None:
    edit(path := saved(tmp_path), change)
    with pytest.raises(UserError, match=message) as raised:
        load_policy(path)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda r: r["config"]["residual"].update(actor="korr"), "unknown residual actor 'korr'"),
        (lambda r: r["config"]["residual"].update(lifted_size=24), "has shape"),
        (lambda r: r["config"]["residual"].update(goal=True), "lacks 'actor.goal'"),
        (lambda r: r["config"].update(action_scale=None), "action_scale is None, expected float"),
    ],
)
def test_a_residual_record_that_names_anything_else_is_refused(
    tmp_path: Path, change: Callable[[dict[str, Any]], None], message: str
) -> None:
    edit(path := saved(tmp_path, residual=True), change)
    with pytest.raises(UserError, match=message):
        load_policy(path)


def test_missing_foreign_and_truncated_folders(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"checkpoint .*nowhere does not exist"):
        load_policy(tmp_path / "nowhere")
    (tmp_path / "notes").mkdir()
    with pytest.raises(UserError, match="is not a checkpoint"):
        load_policy(tmp_path / "notes")
    path = saved(tmp_path)
    weights = path / "weights.safetensors"
    content = weights.read_bytes()
    weights.write_bytes(content[:-1])
    with pytest.raises(UserError, match="is truncated"):
        load_policy(path)
    weights.write_bytes(b"\x80\x04 a pickle")
    with pytest.raises(UserError, match="is a pickle"):
        load_policy(path)
    save_file({name: value + 1 for name, value in _loaded(content, tmp_path).items()}, weights)
    with pytest.raises(UserError, match="was changed after it was saved"):
        load_policy(path)


def _loaded(content: bytes, tmp_path: Path) -> dict[str, torch.Tensor]:
    (tmp_path / "copy.safetensors").write_bytes(content)
    return load_file(tmp_path / "copy.safetensors")


@pytest.mark.parametrize("missing", ["action.maximum", "observation.minimum"])
def test_statistics_may_not_be_missing(tmp_path: Path, missing: str) -> None:
    found = load_checkpoint(saved(tmp_path))
    statistics = {name: value for name, value in found.normalisation.items() if name != missing}
    save_checkpoint(
        tmp_path / "other",
        kind=found.kind,
        config=found.config,
        weights=found.weights,
        normalisation=statistics,
        spec=found.spec,
    )
    with pytest.raises(UserError, match=f"normalisation lacks '{missing}'"):
        load_policy(tmp_path / "other")


def test_a_device_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="device=cud is not usable: there is cpu"):
        load_policy(saved(tmp_path), device="cud")


def _with_units(vector: VectorSpec, index: int, unit: str) -> VectorSpec:
    units = list(vector.units)
    units[index] = unit
    return VectorSpec(vector.names, tuple(units))


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        (dataclasses.replace(POINT_MASS, name="lamp"), "is of task 'point_mass', not 'lamp'"),
        (dataclasses.replace(POINT_MASS, control_rate_hz=20.0), "10.0 Hz, the task 'point_mass' has 20.0 Hz"),
        (dataclasses.replace(POINT_MASS, action=POINT_MASS.observation), "action has 2 entries, the task 6"),
        (
            dataclasses.replace(POINT_MASS, action=VectorSpec(("target.y", "target.x"), ("m", "m"))),
            "action entry 0 is 'target.x', the task's is 'target.y'",
        ),
        (
            dataclasses.replace(POINT_MASS, observation=_with_units(POINT_MASS.observation, 2, "mm/s")),
            "observation 'velocity.x' is in m/s, the task's in mm/s",
        ),
    ],
)
def test_another_task_is_refused_by_what_differs(tmp_path: Path, expected: TaskSpec, message: str) -> None:
    with pytest.raises(UserError, match=message):
        load_policy(saved(tmp_path), expected=expected)
