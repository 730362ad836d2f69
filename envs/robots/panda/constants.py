"""The Panda's numbers, each with its source.

"FurnitureSim" is the published simulator of FurnitureBench in the fork used by ResiP (arXiv
2407.16677) and KORR (arXiv 2509.12562); the URDF is `panda.urdf` of `example-robot-data`.
"""

from typing import Final

ARM_JOINTS: Final = tuple(f"panda_joint{i}" for i in range(1, 8))
"""Arm joints in the order of every 7-vector of this package."""

FINGER_JOINTS: Final = ("panda_finger_joint1", "panda_finger_joint2")

BASE: Final = "panda_link0"
"""URDF link that stands on the table: the robot's base frame."""

END_EFFECTOR_BODY: Final = "panda_hand_tcp"
"""URDF link 0.1034 m beyond `panda_hand`; FurnitureSim's `k_ee_link`."""

END_EFFECTOR_SITE: Final = "end_effector"

RESET_JOINT_POSITIONS: Final = (-0.0263, 0.3759, 0.1249, -2.1383, -0.0943, 2.4965, 0.8046)
"""Arm joints at reset [rad]. FurnitureSim, whose hand is mounted without the URDF's -45 degrees: its
seventh joint, 0.0192, is larger by pi/4 here so that the fingers close along y as they do there."""

DRIVE_STIFFNESS: Final = 1000.0
"""Joint position drive [N m/rad]. FurnitureSim."""

DRIVE_DAMPING: Final = 200.0
"""Joint position drive [N m s/rad]. FurnitureSim."""

ARMATURE: Final = 0.01
"""Reflected rotor inertia of each arm joint [kg m^2]. FurnitureSim."""

GRIP_FORCE: Final = 13.0
"""Force of each finger when opening or closing [N]. FurnitureSim."""

FINGER_OPENING_SPEED: Final = 0.1
"""Speed of one finger under the grip force [m/s]: both together move at the URDF's 0.2 m/s."""

FINGER_ARMATURE: Final = 0.1
"""Reflected inertia of each finger's drive [kg]; chosen, keeps the grip stable at 5 ms steps."""

FINGER_STOP_SOLREF: Final = (0.01, 1.0)
FINGER_STOP_SOLIMP: Final = (0.99, 0.999, 0.0005, 0.5, 2.0)
"""Stiffness of the fingers' end stops and of the tie between them; chosen: MuJoCo's defaults give way by 4 mm
under the grip force."""

MAX_OPENING: Final = 0.065
"""Widest opening between the fingers for one_leg [m]. FurnitureSim."""

FINGER_FRICTION: Final = 0.575
"""Finger against part: mean of the engine's default 1.0 and the parts' 0.15, as PhysX combines them."""

HAND_BOX_HALF_SIZE: Final = (0.0316, 0.1025, 0.033)
"""Box around the hand's collision mesh `hand.stl` [m]; measured on the mesh."""

HAND_BOX_CENTER: Final = (0.0, 0.0, 0.033)
"""Centre of that box in `panda_hand` [m]."""
