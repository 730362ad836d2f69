"""The simulated robot on a network."""

from pathlib import Path

import pytest

from envs.sim_robot.robot import SimulatedRobot
from robolearn.bridge.images import LOW_COMMAND, LOW_STATE, from_wire
from robolearn.bridge.message import decode
from robolearn.bridge.messages.diagnostic_msgs import DiagnosticArray, DiagnosticStatus
from robolearn.bridge.sim_robot import Served, figures, sim_robot
from robolearn.bridge.sim_settings import Interference, SimRobotSettings
from robolearn.bridge.topics import LOW_COMMANDS, LOW_STATES, SIMULATED_ROBOT
from robolearn.bridge.transport import LoopbackNetwork
from robolearn.errors import UserError


def test_it_answers_and_says_what_it_refused() -> None:
    network = LoopbackNetwork(lambda: 0.0)
    robot, others = SimulatedRobot(), network.join()
    states, told = others.mailbox(LOW_STATES), others.mailbox(SIMULATED_ROBOT)
    served = Served(robot, network.join())
    send = others.publisher(LOW_COMMANDS)
    send(bytes(LOW_COMMAND.wire_size))
    for tick in range(3):
        served.step(0.002 * tick)
    arrival = states.last
    assert arrival is not None and int(from_wire(arrival.payload, LOW_STATE)["tick"]) == 6
    served.tell(1_000_000_001)
    report = told.last
    assert report is not None
    array = decode(DiagnosticArray, report.payload)
    assert (array.header.stamp.sec, array.header.stamp.nanosec) == (1, 1)
    about = array.status[0]
    assert about.level == DiagnosticStatus.WARN and about.message == "braked"
    assert ("refused", "{'size': 1}") in [(value.key, value.value) for value in about.values]
    assert ("pelvis_place_m", str(figures(robot)["pelvis_place_m"])) in [
        (value.key, value.value) for value in about.values
    ]
    assert figures(robot)["on_crane"] and figures(robot)["obeyed"] == 0


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (SimRobotSettings(robot="g2"), "unknown robot 'g2': valid are g1"),
        (SimRobotSettings(faults=Interference(loss=2.0)), "faults.loss=2.0"),
        (SimRobotSettings(crane_seconds=-1.0), "crane_seconds=-1.0 is not valid"),
        (SimRobotSettings(domain=-1), "domain=-1"),
        (SimRobotSettings(interface="eth77"), "unknown network interface 'eth77'"),
    ],
)
def test_settings_that_make_no_sense(settings: SimRobotSettings, said: str, tmp_path: Path) -> None:
    settings.out = str(tmp_path)
    with pytest.raises(UserError, match=said):
        sim_robot(settings)
    assert not list(tmp_path.iterdir())
