"""What the verb refuses."""

from pathlib import Path
from typing import Any

import pytest

from deployed_robot import WORKER
from robolearn.bridge.deploy.deploy import deploy
from robolearn.bridge.deploy.settings import DeploySettings
from robolearn.errors import UserError
from robolearn.paths import assets_directory


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"robot": "g2"}, "unknown robot 'g2': valid are g1"),
        ({"voltage": -1.0}, "voltage=-1.0 is not valid"),
        ({"priority": -1}, "priority=-1 is not valid"),
        ({"checkpoint": "nowhere"}, "checkpoint nowhere does not exist"),
        (
            {"checkpoint": str(assets_directory() / "checkpoints" / "one_leg_low_base")},
            "a policy of kind 'diffusion': deploy takes a 'worker'",
        ),
        ({"interface": "eth77"}, "unknown network interface 'eth77'"),
        ({"domain": 233}, "domain=233 is not valid"),
    ],
)
def test_what_will_not_do(settings: dict[str, Any], said: str, tmp_path: Path) -> None:
    chosen = {"checkpoint": str(WORKER), "out": str(tmp_path), **settings}
    with pytest.raises(UserError, match=said):
        deploy(DeploySettings(**chosen))
    assert not list(tmp_path.iterdir())
