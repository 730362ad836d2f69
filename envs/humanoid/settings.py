"""Settings of the G1's tasks; apart from what they set, so that asking for help imports no torch."""

from dataclasses import dataclass


@dataclass
class CommandRanges:
    """Of velocities in the heading frame [m/s, rad/s] and the pelvis's height [m], and how often they change.

    squats, stands: shares of commands that squat, and that stand upright; the rest walks (TrajBooster, B.4)
    every_seconds: time between two commands (TrajBooster, B.4)

    Published: forward -0.8 to 1.2, sideways 0.5, yaw rate 0.8, height 0.24 to 0.74 (TrajBooster, B.4), where
    heights below 0.28 m are beyond the hips' and ankles' limits with the feet flat. The yaw rate is wider
    here, since a walk to a target turns by up to half a turn.
    """

    backward: float = -0.8
    forward: float = 1.2
    sideways: float = 0.5
    yaw_rate: float = 1.0
    lowest: float = 0.30
    highest: float = 0.74
    squats: float = 1.0 / 3.0
    stands: float = 1.0 / 6.0
    every_seconds: float = 4.0


@dataclass
class Pushes:
    """How hard a world is disturbed.

    velocity: greatest change of the pelvis's velocity along x and y, both ways [m/s] (TrajBooster: 0.5)
    punch: greatest force on a link [N] (tour: 500)
    punch_every: control steps between punches (tour: 250)
    extremities: share of the punches that are on ankles and wrists alone; the others are on any joint's link
    """

    velocity: float = 0.5
    punch: float = 0.0
    punch_every: int = 250
    extremities: float = 0.0


@dataclass
class RewardWeights:
    """Weight of each term a second of simulated time; see the functions of `envs.humanoid.rewards`."""

    planar_velocity: float = 3.0
    planar_speed: float = -8.0
    yaw_rate: float = 2.0
    yaw_speed: float = -4.0
    yaw_bias: float = 0.0
    height: float = 1.5
    alive: float = 8.0
    upright: float = -8.0
    angular_velocity: float = -0.1
    vertical_velocity: float = -0.5
    contact_schedule: float = 1.0
    unasked_steps: float = -1.0
    swing_height: float = -30.0
    foot_slip: float = -0.2
    foot_tilt: float = -3.0
    foot_yaw: float = -0.5
    feet_apart: float = -10.0
    posture_sideways: float = -0.3
    posture_waist: float = -1.0
    posture_standing: float = -0.2
    balance: float = -100.0
    still_joints: float = -0.003
    action_rate: float = -0.1
    action_acceleration: float = -0.03
    joint_acceleration: float = -1e-7
    effort: float = -0.15
    speed_limit: float = -1.0
    effort_limit: float = -0.5
    position_limit: float = -2.0
