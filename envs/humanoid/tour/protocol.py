"""The tour's numbers. Source of all: rhoyn/teleop-walking-benchmark, edition of 90 s."""

from typing import Final

TIMESTEP: Final = 0.002
"""Physics step [s]."""

SUBSTEPS: Final = 10
"""Physics steps a control step: 50 Hz."""

CONTROL_RATE: Final = 50
"""Control steps a second."""

STANCE_LEG: Final = {"hip_pitch": -0.312, "knee": 0.669, "ankle_pitch": -0.363}
"""Angles of either leg in the fixed stance [rad]; its arms and its height are in `constants`."""

WAYPOINTS: Final = 18
SEGMENT_STEPS: Final = 5 * CONTROL_RATE
"""Control steps from one waypoint to the next."""

EPISODE_STEPS: Final = WAYPOINTS * SEGMENT_STEPS
"""90 s."""

CENTRE: Final = (0.3, 0.0)
RADIUS: Final = 1.0
"""Of the disc in which waypoints are, in the start frame [m]."""

POSITION_GAIN: Final = 1.5
YAW_GAIN: Final = 1.5
"""From errors to velocities [1/s]."""

POSITION_BAND: Final = (0.10, 0.20)
YAW_BAND: Final = (0.05, 0.12)
"""Errors below which a command becomes zero, and above which it comes back [m, rad]."""

ARM_STEPS: Final = 25
"""Control steps between two targets of the arms: 0.5 s."""

ARM_TICKS: Final = 25
ARM_TICK: Final = 0.06
"""Steps of the random walk to a target, and how far each goes at most, both ways [rad]."""

ARM_DRAWS: Final = 8
"""Walks that are tried for a target; where all are rejected the arms stay."""

PUNCH_DELAY_STEPS: Final = 5
PUNCH_STEPS: Final = 4
"""Control steps from a segment's start to its punch, and of the punch: 0.1 s and 0.08 s."""

PUNCH_CEILING: Final = 500.0
"""Greatest force of a punch [N]."""

PUNCH_FIRST: Final = 1.0 / 3.0
PUNCH_RAMP_SECONDS: Final = 60.0
"""Share of the ceiling that the first punch has, and when punches have all of it."""

PUNCH_LEAST: Final = 0.5
"""Of its ceiling, a punch draws this share to all."""

FALLEN_HEIGHT: Final = 0.20
"""Of the pelvis [m]."""

COMMANDED_HEIGHT: Final = 0.66
"""Of the pelvis [m], where nobody says another, as the best public policies are run; chosen on 64 run ids, of
which two workers completed 66 and 66 % with it, 48 and 64 % at 0.70 m, and the first 58 % at 0.62 m."""
