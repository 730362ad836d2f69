"""What the robot is asked to do, in turn."""

import time
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from driver import Driver, StageFailed

from robolearn.bridge.messages.geometry_msgs import Twist, Vector3

FORWARD, WALK_SECONDS = 0.4, 5.0
CLIMB, CLIMB_SECONDS = 0.1, 2.0
"""Commands [m/s] and how long they are given [s]; chosen."""

SQUATTED: Final = 0.05
"""That the pelvis must go down by [m]; chosen: what a worker does that steps meanwhile, which keeps it from
folding its legs (`CATCHING_HEIGHT`)."""

RAISED, LOWERED = (0.10, 0.0, 0.10), (0.05, 0.0, -0.15)
"""Where both hands are sent from where they are [m]; chosen within the reach of a robot that stands."""

UPRIGHT: Final = 0.65
"""Pelvis height of a robot that stands [m], at least; chosen, its standing posture has 0.74."""

_CRANE: Final = 20.0
"""Until the crane has let go [s]; chosen, twice as long as it holds."""


def stand_up(driver: Driver) -> str:
    """From PASSIVE into the standing posture, on the crane."""
    _require(driver.status.get("mode") == "passive", f"it is not passive but {driver.told()}")
    driver.ask("stand")
    time.sleep(2.7)
    return f"pelvis {driver.height:.2f} m, {'on the crane' if driver.robot['on_crane'] == 'True' else 'free'}"


def balance(driver: Driver) -> str:
    """The policy takes over, and the crane lets go."""
    driver.ask("policy")
    driver.wait(lambda: driver.robot["on_crane"] == "False", _CRANE, "release by the crane")
    time.sleep(2.0)
    _require(driver.height > UPRIGHT, f"the pelvis is at {driver.height:.2f} m")
    return f"let go, pelvis {driver.height:.2f} m two seconds later"


def walk(driver: Driver) -> str:
    """Ahead on /cmd_vel."""
    start = driver.place
    _drive(driver, Twist(Vector3(FORWARD, 0.0, 0.0)), WALK_SECONDS)
    _drive(driver, Twist(), 3.0)
    walked = float(np.linalg.norm(driver.place - start))
    asked = FORWARD * WALK_SECONDS
    _require(walked > 0.6 * asked, f"it walked {walked:.2f} m where {asked:g} m were asked for")
    _require(driver.height > UPRIGHT, f"the pelvis is at {driver.height:.2f} m")
    return f"walked {walked:.2f} m of {asked:g} m asked for, pelvis {driver.height:.2f} m"


def squat(driver: Driver) -> str:
    """Down and up again on /cmd_vel."""
    high = driver.height
    _drive(driver, Twist(Vector3(0.0, 0.0, -CLIMB)), CLIMB_SECONDS)
    low = _lowest(driver, Twist(), 3.0)
    _drive(driver, Twist(Vector3(0.0, 0.0, CLIMB)), CLIMB_SECONDS)
    _drive(driver, Twist(), 2.0)
    asked = CLIMB * CLIMB_SECONDS
    _require(high - low > SQUATTED, f"it went down {high - low:.2f} m where {asked:g} m were asked for")
    _require(driver.height > UPRIGHT, f"the pelvis is at {driver.height:.2f} m after rising")
    return f"pelvis {high:.2f} m, {low:.2f} m, {driver.height:.2f} m; asked for {asked:.2f} m down and up"


def follow_hands(driver: Driver) -> str:
    """Both hands to two places on /robolearn/hand_targets."""
    # Of hand targets and velocities the later counts.
    driver.twist = None
    time.sleep(0.6)
    goal, told = driver.hands, []
    for shift in (RAISED, LOWERED):
        goal = goal.moved(shift)
        driver.aim(goal)
        time.sleep(5.0)
        error = float(goal.errors(driver.hands).max())
        _require(error < 0.06, f"a hand is {100 * error:.1f} cm from its target: {driver.told()}")
        told.append(f"{100 * error:.1f} cm")
    return f"worse hand {' and '.join(told)} from its target, pelvis {driver.height:.2f} m"


def emergency_stop(driver: Driver) -> str:
    """Braked, and down."""
    driver.stop()
    took = driver.wait(lambda: driver.status["mode"] == "damp", 1.0, "mode damp")
    time.sleep(3.0)
    _require(driver.status["reason"] == "emergency stop", driver.told())
    return f"in damp {1000 * took:.0f} ms later by the status, pelvis {driver.height:.2f} m after 3 s"


STAGES: Final[Mapping[str, tuple[Callable[[Driver], str], str]]] = {
    "stand": (stand_up, "stand"),
    "balance": (balance, "policy"),
    "walk": (walk, "policy"),
    "squat": (squat, "policy"),
    "hands": (follow_hands, "policy"),
    "stop": (emergency_stop, "damp"),
}
"""By name: what tells what came of it or raises StageFailed, and the mode in which it ends."""


def _drive(driver: Driver, twist: Twist, seconds: float) -> None:
    driver.twist = twist
    time.sleep(seconds)


def _lowest(driver: Driver, twist: Twist, seconds: float) -> float:
    """As `_drive`; returns how low the pelvis was meanwhile [m]."""
    heights = []
    for _ in range(round(seconds / 0.5)):
        _drive(driver, twist, 0.5)
        heights.append(driver.height)
    return min(heights)


def _require(condition: bool, otherwise: str) -> None:
    if not condition:
        raise StageFailed(otherwise)
