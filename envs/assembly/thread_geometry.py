"""The screw thread that all FurnitureBench parts share, and the play it leaves.

Measured on the published meshes: right-handed, pitch 9.375 mm, two turns, a "rope" profile.
"""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class ThreadGeometry:
    """A male thread on one part and its hole on another, in metres and radians.

    pitch: advance a turn
    backlash: axial play between the flanks
    bore_radius: plain hole above the female thread
    crest_radius: outer radius of the male thread
    core_radius: male shank without thread
    female_crest_radius: inner radius of the female thread
    start_height: height above the seat at which the threads first meet
    release_height: height above the seat at which a turned-back thread is free
    mouth_height: height above the seat at which the tip leaves the hole
    engage_radius: largest distance between the axes at which threads catch
    engage_tilt: largest angle between the axes at which threads catch
    """

    pitch: float = 9.375e-3
    backlash: float = 3.25e-3
    bore_radius: float = 12.5e-3
    crest_radius: float = 12.19e-3
    core_radius: float = 10.0e-3
    female_crest_radius: float = 10.93e-3
    start_height: float = 12.4e-3
    release_height: float = 13.0e-3
    mouth_height: float = 25.0e-3
    engage_radius: float = 2.0e-3
    engage_tilt: float = math.radians(8.0)

    @property
    def advance_per_radian(self) -> float:
        """Axial advance of one radian of turning [m/rad]."""
        return self.pitch / (2 * math.pi)


SHARED_THREAD = ThreadGeometry()
