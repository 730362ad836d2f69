"""What `deploy robot=panda` and `sim-robot robot=panda` refuse, in one line."""

from pathlib import Path
from typing import Any

import pytest

from robolearn.bridge.deploy.deploy import deploy
from robolearn.bridge.deploy.settings import DeploySettings
from robolearn.bridge.sim_robot import sim_robot
from robolearn.bridge.sim_settings import SimRobotSettings
from robolearn.errors import UserError
from robolearn.paths import assets_directory

CHECKPOINTS = assets_directory() / "checkpoints"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"robot": "pnda"}, "unknown robot 'pnda': valid are g1, panda; did you mean 'panda'?"),
        ({"targets": "joint"}, "unknown targets 'joint': valid are end_effector, joints"),
        ({"episodes": -1}, "episodes=-1 is not valid"),
        (
            {"checkpoint": str(CHECKPOINTS / "g1_manager")},
            "of kind 'manager': robot=panda takes a 'diffusion' or",
        ),
        ({"interface": "eth77"}, "unknown network interface 'eth77'"),
    ],
)
def test_what_will_not_do(settings: dict[str, Any], said: str, tmp_path: Path) -> None:
    base = {"robot": "panda", "checkpoint": str(CHECKPOINTS / "one_leg_low_korr"), "out": str(tmp_path)}
    with pytest.raises(UserError, match=said):
        deploy(DeploySettings(**{**base, **settings}))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"task": "one_lag"}, "unknown task 'one_lag': valid are one_leg"),
        ({"randomness": "lo"}, "unknown randomness 'lo': valid are high, low, med"),
        ({"episodes": -1}, "episodes=-1 is not valid"),
    ],
)
def test_a_robot_that_there_is_not(settings: dict[str, Any], said: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=said):
        sim_robot(SimRobotSettings(robot="panda", out=str(tmp_path), **settings))
    assert not list(tmp_path.iterdir())
