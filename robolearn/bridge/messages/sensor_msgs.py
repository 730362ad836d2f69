"""What joints and inertial units measure."""

from robolearn.bridge.message import Message, Nested, message, wired
from robolearn.bridge.messages.geometry_msgs import Quaternion, Vector3
from robolearn.bridge.messages.std_msgs import Header
from robolearn.bridge.wire_types import FLOAT64, Array, Series, Text


@message("sensor_msgs/msg/JointState")
class JointState(Message):
    """Joints by name; a quantity that nobody knows is an empty list.

    position: [rad]
    velocity: [rad/s]
    effort: [N m]
    """

    header: Header = wired(Nested(Header))
    name: list[str] = wired(Series(Text()))
    position: list[float] = wired(Series(FLOAT64))
    velocity: list[float] = wired(Series(FLOAT64))
    effort: list[float] = wired(Series(FLOAT64))


@message("sensor_msgs/msg/Imu")
class Imu(Message):
    """An inertial unit, in its own frame.

    angular_velocity: [rad/s]
    linear_acceleration: [m/s^2]
    ..._covariance: 3 x 3 by rows; all zero is unknown, -1 in front says that the quantity is not measured
    """

    header: Header = wired(Nested(Header))
    orientation: Quaternion = wired(Nested(Quaternion))
    orientation_covariance: list[float] = wired(Array(FLOAT64, 9))
    angular_velocity: Vector3 = wired(Nested(Vector3))
    angular_velocity_covariance: list[float] = wired(Array(FLOAT64, 9))
    linear_acceleration: Vector3 = wired(Nested(Vector3))
    linear_acceleration_covariance: list[float] = wired(Array(FLOAT64, 9))
