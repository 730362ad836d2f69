"""FurnitureBench's square table, of which `one_leg` assembles the top and one leg.

Boxes, masses, inertias and thread lengths were computed from the published meshes (mesh volume times
configured density). Body frames are the published ones: y points out of the holes, and along a leg
from its threaded tip to its free end. Lengths in metres.
"""

from typing import Final

from envs.assembly.furniture.part import Box, Inertia

TOP_INERTIA: Final = Inertia(0.1510, (0.0, -0.00552, 0.0), (457.6e-6, 889.7e-6, 457.6e-6))
LEG_INERTIA: Final = Inertia(0.0231, (0.0, -0.00675, -0.00062), (14.0e-6, 2.99e-6, 14.0e-6))

TOP_HALF_WIDTH: Final = 0.08125
TOP_UNDERSIDE_Y: Final = -0.01569
TOP_MOUTH_Y: Final = 0.01557
"""Height of the bosses' faces, where the holes open."""

HOLE_FLOOR_Y: Final = -0.00944
HOLE_OFFSET: Final = 0.05625
"""Holes sit at (+-offset, +-offset) in x and z."""

HOLES: Final = tuple((x * HOLE_OFFSET, z * HOLE_OFFSET) for x in (-1, 1) for z in (-1, 1))

BOSS_INNER: Final = 0.0375
"""Inner faces of the four corner bosses: the mesh's volume and centre of mass are those of a 6.25 mm
plate with four bosses from here to the rim."""

LEG_BODY: Final = Box((-0.015, -0.03125, -0.01562), (0.015, 0.03125, 0.01438))
"""The square shank that the fingers hold."""

ASSEMBLED_LEG_Y: Final = 0.046875
"""Assembled pose of a leg in the top: a hole's x and z, this y, no rotation."""
