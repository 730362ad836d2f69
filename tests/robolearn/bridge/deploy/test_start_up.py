"""What is refused before the first command."""

import pytest

from envs.sim_robot.robot import SimulatedRobot
from robolearn.bridge.deploy.start_up import LISTENING, PATIENCE, check_robot
from robolearn.bridge.message import encode
from robolearn.bridge.messages.unitree_api import Response, ResponseHeader, ResponseStatus
from robolearn.bridge.motion_switcher import PATIENCE as SWITCHER_PATIENCE
from robolearn.bridge.motion_switcher import SimulatedSwitcher
from robolearn.bridge.network import join
from robolearn.bridge.topics import LOW_COMMANDS, LOW_STATES, MOTION_RESPONSES
from robolearn.bridge.transport import LoopbackNetwork
from robolearn.errors import UserError


class Bench:
    """A network on which time passes while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 5.0
        self.network = LoopbackNetwork(lambda: self.now)
        self.ours, theirs = self.network.join(), self.network.join()
        self._publish, self.robot = theirs.publisher(LOW_STATES), SimulatedRobot()
        self.sends, self.heard = True, theirs.mailbox(LOW_COMMANDS)
        self.switcher: SimulatedSwitcher | None = SimulatedSwitcher(theirs, "")

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        if self.sends:
            if self.switcher is not None:
                self.switcher.step()
            for state in self.robot.step(self.now, []):
                self._publish(state)

    def check(self, dry_run: bool = False) -> None:
        check_robot(self.ours, 29, "interface=lo domain=0", dry_run, lambda: self.now, self.sleep)


def test_a_robot_that_answers_alone() -> None:
    bench = Bench()
    bench.check()
    assert bench.now < 5.0 + LISTENING + 0.2 and bench.heard.last is None


def test_no_robot() -> None:
    bench = Bench()
    bench.sends = False
    with pytest.raises(UserError, match="no robot answers on interface=lo domain=0: no message on"):
        bench.check()
    assert bench.now == pytest.approx(5.0 + PATIENCE, abs=0.1) and bench.heard.last is None


def test_a_robot_that_cannot_be_understood() -> None:
    bench = Bench()
    bench.sends = False
    bench.ours.mailbox(LOW_STATES)
    bench.network.join().publisher(LOW_STATES)(b"noise")
    with pytest.raises(UserError, match="1 damaged messages"):
        bench.check()


def test_somebody_else_commands() -> None:
    bench = Bench()
    bench.network.join().publisher(LOW_COMMANDS)
    with pytest.raises(UserError, match="somebody else commands the motors"):
        bench.check()
    bench.check(dry_run=True)


def test_the_robots_own_controller_has_the_motors() -> None:
    bench = Bench()
    assert bench.switcher is not None
    bench.switcher.controller = "ai"
    with pytest.raises(UserError, match="the robot's own controller 'ai' has the motors"):
        bench.check()
    assert bench.heard.last is None
    bench.check(dry_run=True)


def test_a_robot_without_a_motion_switcher() -> None:
    bench = Bench()
    bench.switcher = None
    bench.check()
    assert bench.now == pytest.approx(5.0 + SWITCHER_PATIENCE + LISTENING, abs=0.3)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Response(data="{}"), "cannot be understood"),
        (Response(data="nothing"), "cannot be understood"),
        (Response(ResponseHeader(status=ResponseStatus(7002))), "code 7002"),
    ],
)
def test_a_motion_switcher_that_cannot_say(answer: Response, said: str) -> None:
    bench = Bench()
    bench.switcher = None
    bench.ours.mailbox(MOTION_RESPONSES)
    bench.network.join().publisher(MOTION_RESPONSES)(encode(answer))
    with pytest.raises(UserError, match=said):
        bench.check()


def test_networks_that_are_not_there() -> None:
    with pytest.raises(UserError, match="unknown network interface 'eth77': valid are"):
        join("eth77", 0, None)
    with pytest.raises(UserError, match="domain=233 is not valid: it takes 0 to 232"):
        join("lo", 233, None)
