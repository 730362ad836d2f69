"""The table, the obstacle and the cameras of FurnitureSim, in the robot's base frame.

x points away from the robot, z up, the origin is the robot's base on the table top. Metres. Source:
configuration and assets of FurnitureBench's simulator in the fork used by ResiP and KORR.
"""

from typing import Final

from envs.assembly.furniture.part import Vector

TAG_ORIGIN: Final = (0.3015, 0.0, 0.0)
"""Origin of the "AprilTag" frame in which part poses are observed."""

TAG_ROTATION: Final = ((0.0, 1.0, 0.0), (1.0, 0.0, 0.0), (0.0, 0.0, -1.0))
"""Rows are the tag frame's axes in the robot frame: x_tag = y, y_tag = x, z_tag = -z."""

TABLE_HALF_SIZE: Final = (0.65, 0.40)
TABLE_CENTER: Final = (0.30, 0.0)

OBSTACLE_POSITION: Final = (0.6815, 0.0, 0.015)
"""Nominal centre of the obstacle's front wall, the obstacle's body frame."""

OBSTACLE_WALLS: Final[dict[str, tuple[Vector, Vector]]] = {
    "obstacle_front": ((0.0, 0.0, 0.0), (0.01, 0.175, 0.015)),
    "obstacle_left": ((-0.075, 0.175, 0.0), (0.085, 0.01, 0.015)),
    "obstacle_right": ((-0.075, -0.175, 0.0), (0.085, 0.01, 0.015)),
}
"""Centre in the obstacle's frame and half size of each wall of the "U"."""

PART_ON_TABLE_FRICTION: Final = 0.125
"""Mean of the parts' 0.15 and the table's 0.10, as PhysX combines them."""

PART_FRICTION: Final = 0.15

OBSTACLE_FRICTION: Final = 0.575
"""Mean of the engine's default 1.0 and the parts' 0.15."""

CONTACT_SOLREF: Final = (0.01, 1.0)
CONTACT_SOLIMP: Final = (0.99, 0.999, 0.0005, 0.5, 2.0)
"""Stiffness of every contact. MuJoCo's softness is scaled by mass: with its defaults a grip of 13 N presses
a finger 4 mm into a leg of 23 g; with these it stays under 0.1 mm, at two physics steps of time constant."""
