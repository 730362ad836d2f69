"""What an arm and its deployment tell each other, by names that drivers of a Panda use already."""

from typing import Final

from robolearn.bridge.messages.diagnostic_msgs import DiagnosticArray
from robolearn.bridge.messages.geometry_msgs import PoseStamped
from robolearn.bridge.messages.std_msgs import Int64
from robolearn.bridge.messages.tf2_msgs import TFMessage
from robolearn.bridge.messages.trajectory_msgs import JointTrajectory
from robolearn.bridge.topics import Topic

PART_POSES: Final = Topic("/part_poses", TFMessage)
"""As a tag detector publishes on /tf, but alone: /tf is shared, and only a topic's last message is kept."""

POSE_TARGETS: Final = Topic("/target_pose", PoseStamped, reliable=True)
"""Of the end effector; the name is that of crisp_controllers, a Cartesian controller for ros2_control."""

ARM_TARGETS: Final = Topic("/panda_arm_controller/joint_trajectory", JointTrajectory, reliable=True)
FINGER_TARGETS: Final = Topic("/panda_hand_controller/joint_trajectory", JointTrajectory, reliable=True)
"""Of joint_trajectory_controllers, under MoveIt's names for a Panda."""

EPISODE_REQUESTS: Final = Topic("/robolearn/sim_robot/reset", Int64, reliable=True)
"""Seed of the episode that a simulated robot shall begin."""

EPISODES: Final = Topic("/robolearn/sim_robot/episode", DiagnosticArray, reliable=True)
"""How the episode is; its header's stamp is when it began, by the stamps of the states."""
