"""Settings of the verb sim-robot."""

import math
from dataclasses import dataclass, field

from robolearn.checks import check_at_least, check_positive, check_within
from robolearn.errors import UserError


@dataclass
class Interference:
    """What goes wrong between a simulated robot and whoever commands it, and within the robot.

    latency: of every message, both ways [s]
    jitter: that latency grows by, uniformly from 0 to this [s]
    loss: share of the messages that never arrive, both ways
    stale: share of the robot's messages that repeat the one before
    noise: of the sensors, as a share of what the worker is trained with
    torque: share of their greatest torque that the motors have
    voltage: of the supply [V]; by default a charged battery's, 4 V for each of 13 cells
    temperature: of the motors [degrees Celsius]
    """

    latency: float = 0.0
    jitter: float = 0.0
    loss: float = 0.0
    stale: float = 0.0
    noise: float = 0.0
    torque: float = 1.0
    voltage: float = 52.0
    temperature: int = 40

    def check(self) -> None:
        """Raises UserError for a value that is no share or no time."""
        for name in ("loss", "stale", "torque"):
            check_within(0.0, 1.0, **{f"faults.{name}": getattr(self, name)})
        for name in ("latency", "jitter", "noise"):
            if not 0.0 <= getattr(self, name) < math.inf:
                raise UserError(f"faults.{name}={getattr(self, name)} is not valid: it takes 0 or more")
        # A signed 16 bit number on the wire.
        check_within(-40, 200, **{"faults.temperature": self.temperature})


@dataclass
class SimRobotSettings:
    """`robolearn sim-robot`: a robot in MuJoCo behind the DDS topics of the real one, and as strict.

    robot: which one, g1 or panda
    interface: network interface to answer on; lo reaches this machine alone
    domain: of DDS, as ROS_DOMAIN_ID
    dds: Cyclone DDS's configuration in place of `interface`: XML, or a file:// URI
    crane_seconds: how long a crane holds the robot from its first stiff command on; 0 for no crane at all
    controller: name of the robot's own controller that has the motors, such as ai; empty for debug mode
    seconds: stop after this long, 0 to go on until interrupted [s]
    view: also show the robot, in a window or, where there is no display, in a browser
    faults: latency, loss and whatever else shall go wrong; like crane_seconds and controller of the G1 alone
    task: that a panda is there for, such as one_leg
    randomness: of the layout before a panda, such as low, med or high
    lockstep: a panda lets a control period pass only when its last state was answered
    episodes: stop when so many of a panda's episodes are over, 0 to go on
    seed: of everything random; a panda begins with the first episode of an evaluation of this seed
    """

    robot: str = "g1"
    interface: str = "lo"
    domain: int = 0
    dds: str | None = None
    crane_seconds: float = 10.0
    controller: str = ""
    seconds: float = 0.0
    view: bool = False
    faults: Interference = field(default_factory=Interference)
    task: str = "one_leg"
    randomness: str = "low"
    lockstep: bool = False
    episodes: int = 0
    seed: int = 0
    out: str = "outputs/sim-robot"

    def check(self) -> None:
        """Raises UserError for values that make no sense."""
        self.faults.check()
        check_at_least(0, seed=self.seed, domain=self.domain, episodes=self.episodes)
        for name, value in (("crane_seconds", self.crane_seconds), ("seconds", self.seconds)):
            if value:
                check_positive(**{name: value})
