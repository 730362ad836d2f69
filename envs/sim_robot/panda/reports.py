"""What the cell shows of itself: joint states, and poses of parts as a tag detector has them."""

from envs.assembly.observation import OBSERVED_BODIES
from envs.robots.panda.constants import ARM_JOINTS, BASE, FINGER_JOINTS
from envs.sim_robot.panda.cell import Cell
from robolearn.bridge.arm.stamps import stamped
from robolearn.bridge.messages.geometry_msgs import Quaternion, Transform, TransformStamped, Vector3
from robolearn.bridge.messages.sensor_msgs import JointState
from robolearn.bridge.messages.tf2_msgs import TFMessage


def joint_states(cell: Cell, stamp: int) -> JointState:
    """Of /joint_states; nothing measures efforts. stamp: [ns]."""
    names = [*ARM_JOINTS, *FINGER_JOINTS]
    return JointState(stamped(stamp), names, cell.angles.tolist(), cell.speeds.tolist())


def part_poses(cell: Cell, stamp: int) -> TFMessage:
    """Of /part_poses: parts and obstacle in the base's frame. stamp: [ns]."""
    places, turns = (values[0].tolist() for values in cell.body_poses())
    return TFMessage(
        [
            TransformStamped(stamped(stamp, BASE), name, Transform(Vector3(*place), Quaternion(x, y, z, w)))
            for name, place, (w, x, y, z) in zip(OBSERVED_BODIES, places, turns, strict=True)
        ]
    )
