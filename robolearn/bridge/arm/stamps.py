"""Moments in messages, as whole nanoseconds."""

from robolearn.bridge.messages.builtin_interfaces import Time
from robolearn.bridge.messages.std_msgs import Header

_SECOND = 10**9


def stamped(nanoseconds: int, frame: str = "") -> Header:
    """A header of a moment [ns]."""
    return Header(Time(*divmod(nanoseconds, _SECOND)), frame)


def stamp_of(header: Header) -> int:
    """[ns]."""
    return header.stamp.sec * _SECOND + header.stamp.nanosec
