"""Frames, as /tf carries them."""

from robolearn.bridge.message import Message, Nested, message, wired
from robolearn.bridge.messages.geometry_msgs import TransformStamped
from robolearn.bridge.wire_types import Series


@message("tf2_msgs/msg/TFMessage")
class TFMessage(Message):
    """Frames in their parents."""

    transforms: list[TransformStamped] = wired(Series(Nested(TransformStamped)))
