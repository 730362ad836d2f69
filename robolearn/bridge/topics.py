"""What the bridge reads and writes, by its ROS name.

Writers always offer retransmission, as Unitree's and ROS's do by default, so that readers of either kind find
them. Readers ask for it only where one lost message matters, and read all of those; of the others only the
last counts: none queue up.
"""

from dataclasses import dataclass
from typing import Final

from robolearn.bridge.message import Message
from robolearn.bridge.messages.diagnostic_msgs import DiagnosticArray
from robolearn.bridge.messages.geometry_msgs import PoseArray, Twist
from robolearn.bridge.messages.sensor_msgs import Imu, JointState
from robolearn.bridge.messages.std_msgs import Bool, String
from robolearn.bridge.messages.tf2_msgs import TFMessage
from robolearn.bridge.messages.trajectory_msgs import JointTrajectory
from robolearn.bridge.messages.unitree_api import Request, Response
from robolearn.bridge.messages.unitree_hg import HandCmd, HandState, IMUState, LowCmd, LowState


@dataclass(frozen=True)
class Topic:
    """A name and what it carries.

    name: such as `/lowcmd`
    kind: of its messages
    reliable: readers ask for retransmission, find only writers that offer it, and take every message
    """

    name: str
    kind: type[Message]
    reliable: bool = False


LOW_COMMANDS: Final = Topic("/lowcmd", LowCmd)
LOW_STATES: Final = Topic("/lowstate", LowState)
TORSO_IMU: Final = Topic("/secondary_imu", IMUState)
UPPER_BODY_COMMANDS: Final = Topic("/arm_sdk", LowCmd)
"""Of the G1, whose own controller keeps the balance while it takes the last of these."""

MOTION_REQUESTS: Final = Topic("/api/motion_switcher/request", Request)
MOTION_RESPONSES: Final = Topic("/api/motion_switcher/response", Response)
"""Of the service that says which controller has the motors."""

HAND_COMMANDS: Final = {side: Topic(f"/dex3/{side}/cmd", HandCmd) for side in ("left", "right")}
HAND_STATES: Final = {side: Topic(f"/dex3/{side}/state", HandState) for side in ("left", "right")}

JOINT_STATES: Final = Topic("/joint_states", JointState)
IMU: Final = Topic("/imu/data", Imu)
FRAMES: Final = Topic("/tf", TFMessage)
VELOCITY_COMMANDS: Final = Topic("/cmd_vel", Twist)
"""ROS's own names."""

JOINT_TARGETS: Final = Topic("/robolearn/joint_targets", JointTrajectory, reliable=True)
HAND_TARGETS: Final = Topic("/robolearn/hand_targets", PoseArray, reliable=True)
"""Of the left and the right hand."""

STATUS: Final = Topic("/robolearn/status", DiagnosticArray)
EMERGENCY_STOP: Final = Topic("/robolearn/estop", Bool, reliable=True)
MODE: Final = Topic("/robolearn/mode", String, reliable=True)
"""What the operator asks for."""

HEARTBEAT: Final = Topic("/robolearn/heartbeat", Bool)
"""That the operator is there, whatever it says."""

SIMULATED_ROBOT: Final = Topic("/robolearn/sim_robot", DiagnosticArray)
"""How a simulated robot is, and what it refused."""
