"""Places and motions."""

from robolearn.bridge.message import Message, Nested, message, wired
from robolearn.bridge.messages.std_msgs import Header
from robolearn.bridge.wire_types import FLOAT64, Series, Text


@message("geometry_msgs/msg/Vector3")
class Vector3(Message):
    """A direction or a rate, without a place."""

    x: float = wired(FLOAT64)
    y: float = wired(FLOAT64)
    z: float = wired(FLOAT64)


@message("geometry_msgs/msg/Point")
class Point(Message):
    """A place [m]."""

    x: float = wired(FLOAT64)
    y: float = wired(FLOAT64)
    z: float = wired(FLOAT64)


@message("geometry_msgs/msg/Quaternion")
class Quaternion(Message):
    """A rotation; the real part comes last, and by default there is none."""

    x: float = wired(FLOAT64)
    y: float = wired(FLOAT64)
    z: float = wired(FLOAT64)
    w: float = wired(FLOAT64, default=1.0)


@message("geometry_msgs/msg/Pose")
class Pose(Message):
    """Place and orientation."""

    position: Point = wired(Nested(Point))
    orientation: Quaternion = wired(Nested(Quaternion))


@message("geometry_msgs/msg/PoseStamped")
class PoseStamped(Message):
    """A pose in a frame."""

    header: Header = wired(Nested(Header))
    pose: Pose = wired(Nested(Pose))


@message("geometry_msgs/msg/PoseArray")
class PoseArray(Message):
    """Poses in one frame."""

    header: Header = wired(Nested(Header))
    poses: list[Pose] = wired(Series(Nested(Pose)))


@message("geometry_msgs/msg/Twist")
class Twist(Message):
    """A motion: linear [m/s], angular [rad/s]."""

    linear: Vector3 = wired(Nested(Vector3))
    angular: Vector3 = wired(Nested(Vector3))


@message("geometry_msgs/msg/TwistStamped")
class TwistStamped(Message):
    """A motion in a frame."""

    header: Header = wired(Nested(Header))
    twist: Twist = wired(Nested(Twist))


@message("geometry_msgs/msg/Transform")
class Transform(Message):
    """From one frame to another: translation [m]."""

    translation: Vector3 = wired(Nested(Vector3))
    rotation: Quaternion = wired(Nested(Quaternion))


@message("geometry_msgs/msg/TransformStamped")
class TransformStamped(Message):
    """Pose of `child_frame_id` in the header's frame."""

    header: Header = wired(Nested(Header))
    child_frame_id: str = wired(Text())
    transform: Transform = wired(Nested(Transform))
