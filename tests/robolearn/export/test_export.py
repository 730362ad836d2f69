from pathlib import Path

import mujoco
import numpy as np
import pytest
import torch

from envs.assembly.one_leg import OneLegEnvironment
from envs.registry import MODELS, make_model
from robolearn import cli


def compiled(out: Path) -> mujoco.MjModel:
    return mujoco.MjModel.from_xml_path(str(out))


@pytest.mark.parametrize("name", MODELS)
def test_plain_mujoco_opens_the_same_model(name: str, tmp_path: Path) -> None:
    out = tmp_path / "new" / "model.xml"
    assert cli.main(["export", f"model={name}", "format=mjcf", f"out={out}"]) == 0
    assert [path.name for path in out.parent.iterdir()] == ["model.xml"]
    found, expected = compiled(out), make_model(name).compile()
    assert found.opt.timestep == expected.opt.timestep
    assert found.opt.enableflags == expected.opt.enableflags
    for field in ("body_mass", "body_inertia", "jnt_range", "geom_size", "geom_friction", "geom_contype"):
        np.testing.assert_allclose(getattr(found, field), getattr(expected, field), rtol=1e-4, atol=1e-8)
    for field in ("actuator_gainprm", "actuator_biasprm", "eq_data", "tendon_range", "dof_armature"):
        np.testing.assert_allclose(getattr(found, field), getattr(expected, field), rtol=1e-4, atol=1e-8)


@pytest.fixture(params=["false", "true"])
def one_leg(request: pytest.FixtureRequest, tmp_path: Path) -> mujoco.MjModel:
    out = tmp_path / "one_leg.xml"
    assert cli.main(["export", "model=one_leg", f"looks={request.param}", f"out={out}"]) == 0
    return compiled(out)


def test_the_exported_scene_moves_as_the_simulated_one(one_leg: mujoco.MjModel) -> None:
    environment = OneLegEnvironment(1, num_threads=1)
    environment.reset(torch.tensor([5]))
    start = environment.simulation.view("qpos")[0].numpy()
    positions = []
    for model in (one_leg, environment.simulation.model):
        data = mujoco.MjData(model)
        data.qpos[:] = start
        mujoco.mj_step(model, data, nstep=100)
        positions.append(data.qpos.copy())
    np.testing.assert_allclose(positions[0], positions[1], atol=1e-4)


def test_the_exported_scene_opens_at_rest(one_leg: mujoco.MjModel) -> None:
    data = mujoco.MjData(one_leg)
    mujoco.mj_resetDataKeyframe(one_leg, data, one_leg.key("start").id)
    mujoco.mj_forward(one_leg, data)
    before, tool = data.xpos.copy(), data.site("end_effector").xpos.copy()
    np.testing.assert_allclose(tool, (0.561, 0.046, 0.113), atol=0.015)
    mujoco.mj_step(one_leg, data, nstep=200)
    np.testing.assert_allclose(data.xpos, before, atol=1e-3)
    np.testing.assert_allclose(one_leg.qpos0[-36:], one_leg.key("start").qpos[-36:])


def test_looks_come_with_it_when_asked_for(tmp_path: Path) -> None:
    out = tmp_path / "one_leg.xml"
    assert cli.main(["export", "model=one_leg", "looks=true", f"out={out}"]) == 0
    model = compiled(out)
    assert {model.camera(index).name for index in range(model.ncam)} == {"front", "wrist", "overview"}
    assert model.mesh_facenum.sum() > 100_000
    simulated = make_model("one_leg").compile()
    collides = (model.geom_contype | model.geom_conaffinity) > 0
    assert collides.sum() == ((simulated.geom_contype | simulated.geom_conaffinity) > 0).sum()


def test_a_robots_looks_change_nothing_else(tmp_path: Path) -> None:
    out = tmp_path / "g1.xml"
    assert cli.main(["export", "model=g1", "looks=true", f"out={out}"]) == 0
    found, simulated = compiled(out), make_model("g1").compile()
    assert found.mesh_facenum.sum() > 100_000
    np.testing.assert_allclose(found.body_mass, simulated.body_mass, rtol=1e-4)
    np.testing.assert_array_equal(found.jnt_user, simulated.jnt_user)
    collides = (found.geom_contype | found.geom_conaffinity) > 0
    np.testing.assert_array_equal(found.geom_contype[collides], simulated.geom_contype)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["model=one_lag", "out={}/a.xml"],
            "unknown model 'one_lag': valid are g1, g1_hands, g1_reach, g1_worker, ",
        ),
        (["model=panda", "looks=true", "out={}/a.xml"], "model 'panda' has no looks"),
        (["model=panda", "format=urdf", "out={}/a.xml"], "unknown format 'urdf': valid are mjcf, onnx"),
        (["model=panda", "out={}"], "is a folder: name a file in it"),
        (["model=panda"], "export needs a value: out=..."),
        (["out={}/a.xml"], "nothing to export: give model=NAME, or checkpoint=DIR format=onnx"),
        (["model=panda", "checkpoint=a", "out={}/a"], "model=panda and checkpoint=a exclude each other"),
        (
            ["model=panda", "format=onnx", "out={}/a"],
            "with format=onnx, which takes a checkpoint: give format",
        ),
        (["checkpoint=a", "out={}/a"], "format=mjcf, which takes a model: give format=onnx"),
        (["checkpoint=a", "format=onnx", "looks=true", "out={}/a"], "checkpoint=a has no looks"),
        (["checkpoint=a/b", "format=onnx", "out={}"], "is a folder: name a file in it"),
        (["checkpoint={}/none", "format=onnx", "out={}/a"], "none does not exist"),
    ],
)
def test_bad_input_is_one_line(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["export", *(argument.format(tmp_path) for argument in arguments)]) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
