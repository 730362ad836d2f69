"""Who takes a robot's hands where they are told."""

from collections.abc import Callable
from typing import Any, Final

from robolearn.bridge.deploy.policy_loop import Follower
from robolearn.errors import unknown_name


def follower_of(robot: str, manager: str) -> Follower:
    """A follower with a manager's checkpoint.

    Raises UserError for a robot that has none, and for a checkpoint that is not of a manager.
    """
    if robot not in _FOLLOWERS:
        raise unknown_name("robot that a manager commands", robot, _FOLLOWERS)
    return _FOLLOWERS[robot](manager)


def _g1(manager: str) -> Any:
    from envs.humanoid.hand_following import hand_follower

    return hand_follower(manager)


_FOLLOWERS: Final[dict[str, Callable[[str], Any]]] = {"g1": _g1}
