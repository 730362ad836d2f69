"""Where the hand should go in each stage of the expert: functions from a snapshot to hand poses."""

import math

import torch
from torch import Tensor

from envs.assembly.expert import geometry
from envs.assembly.expert.snapshot import Pose, Snapshot
from envs.assembly.furniture import square_table
from envs.assembly.thread_geometry import SHARED_THREAD
from envs.assembly.workspace import OBSTACLE_WALLS
from robolearn.rotations import product, turned

_QUARTER_TURNS = geometry.quarter_turns_about_y()
_LEANING = geometry.leaning_grasp()
_SEAT_IN_TOP = geometry.matrix(((geometry.HOLE[0], square_table.ASSEMBLED_LEG_Y, geometry.HOLE[1]),))[0]
_OVER_HEIGHT = SHARED_THREAD.mouth_height + geometry.TIP_CLEARANCE


def rise(scene: Snapshot) -> Pose:
    """Straight up to the travel height."""
    return Pose(_at_height(scene.hand.position, geometry.TRAVEL_HEIGHT), scene.hand.matrix)


def boss_grasp(scene: Snapshot) -> Pose:
    """Around the boss nearest to the robot, fingers across the top's x axis."""
    x_axis = scene.top.matrix[..., 0]
    yaw = torch.atan2(x_axis[:, 1], x_axis[:, 0]) + math.pi / 2
    x, z = geometry.GRASPED_BOSS
    boss = scene.top.point(scene.top.position.new_tensor((x, 0.0, z)))
    return Pose(_at_height(boss, geometry.BOSS_GRIP_HEIGHT), geometry.hand_down(yaw))


def above_boss(scene: Snapshot) -> Pose:
    """Over that grasp."""
    return _raised(boss_grasp(scene), geometry.APPROACH)


def push_into_corner(scene: Snapshot) -> Pose:
    """Bring the held top flush into the obstacle's corner at positive y."""
    corner = _flush_top(scene)
    press = corner.new_tensor((geometry.CORNER_PRESS, geometry.CORNER_PRESS, 0.0))
    flush = geometry.matrix(geometry.FLUSH_TOP).expand_as(scene.top.matrix)
    return scene.hand.carried(scene.top, Pose(corner + press, flush))


def top_is_flush(scene: Snapshot) -> Tensor:
    """(N,) bool, the top touches both walls of the corner, as good as."""
    gap = _flush_top(scene)[:, :2] - scene.top.position[:, :2]
    return (gap < geometry.FLUSH_TOLERANCE).all(-1)


def _flush_top(scene: Snapshot) -> Tensor:
    """(N, 3), position of a top that touches both walls."""
    front, side = OBSTACLE_WALLS["obstacle_front"], OBSTACLE_WALLS["obstacle_left"]
    x = scene.obstacle[:, 0] + front[0][0] - front[1][0] - square_table.TOP_HALF_WIDTH
    y = scene.obstacle[:, 1] + side[0][1] - side[1][1] - square_table.TOP_HALF_WIDTH
    return torch.stack((x, y, torch.full_like(x, -square_table.TOP_UNDERSIDE_Y)), -1)


def upmost_face(leg: Pose) -> Tensor:
    """(N,) int64, the face of a lying leg that looks up."""
    normals = [turned(leg.matrix, face[:, 2].expand_as(leg.position)) for face in _QUARTER_TURNS]
    return torch.stack([normal[:, 2] for normal in normals]).argmax(0)


def leg_grasp(scene: Snapshot) -> Pose:
    """Leaning over the lying leg, fingers across it."""
    face = product(scene.leg.matrix, _QUARTER_TURNS[scene.face])
    point = scene.leg.point(scene.leg.position.new_tensor((0.0, geometry.GRASP_ALONG_LEG, 0.0)))
    return Pose(point, product(face, _LEANING.expand_as(face)))


def above_leg(scene: Snapshot) -> Pose:
    """Back along the hand's axis from that grasp."""
    return _withdrawn(leg_grasp(scene), geometry.APPROACH)


def lift_leg(scene: Snapshot) -> Pose:
    """Straight up with the leg, as it is."""
    climb = geometry.CARRY_HEIGHT - scene.leg.position[:, 2]
    return _raised(scene.hand, climb)


def leg_over_hole(scene: Snapshot) -> Pose:
    """The leg upright, its tip over the mouth of the hole."""
    height = torch.full_like(scene.leg.position[:, 2], _OVER_HEIGHT)
    return scene.hand.carried(scene.leg, _upright_leg(scene, height))


def insert_leg(scene: Snapshot) -> Pose:
    """The leg on the start of the thread; a leg that is beside the hole first rises over it."""
    inside = height_over_seat(scene) < SHARED_THREAD.mouth_height - geometry.INSIDE_DEPTH
    aligned = _beside_seat(scene) < geometry.INSERT_TOLERANCE
    height = torch.where(inside | aligned, SHARED_THREAD.start_height - geometry.INSERT_PRESS, _OVER_HEIGHT)
    return scene.hand.carried(scene.leg, _upright_leg(scene, height))


def leg_stands(scene: Snapshot) -> Tensor:
    """(N,) bool, the leg has come down on the start of the thread."""
    return height_over_seat(scene) < SHARED_THREAD.start_height + geometry.STANDING_TOLERANCE


def leave_leg(scene: Snapshot) -> Pose:
    """Back from the standing leg along the hand's axis, until its fingers are clear."""
    standing = scene.leg.point(scene.leg.position.new_tensor((0.0, geometry.GRASP_ALONG_LEG, 0.0)))
    return _withdrawn(Pose(standing, scene.hand.matrix), geometry.WITHDRAWAL)


def screw_grasp(scene: Snapshot) -> Pose:
    """Around the free end from above, turned as far back as the wrist allows."""
    return Pose(_screw_point(scene), _towards_yaw(scene, _stroke_start(scene)))


def above_screw(scene: Snapshot) -> Pose:
    """Over that grasp."""
    return _raised(screw_grasp(scene), geometry.APPROACH)


def screw_turn(scene: Snapshot) -> Pose:
    """Turn the held leg clockwise to the end of the stroke, pressing down."""
    end = torch.full_like(scene.obstacle[:, 0], geometry.TURN_END)
    return _raised(Pose(_screw_point(scene), _towards_yaw(scene, end)), -geometry.SCREW_PRESS)


def height_over_seat(scene: Snapshot) -> Tensor:
    """(N,), of the leg's origin over its seat in the expert's hole [m]."""
    offset = scene.leg.position - scene.top.point(_SEAT_IN_TOP)
    return (offset * scene.top.matrix[..., 1]).sum(-1)


def _beside_seat(scene: Snapshot) -> Tensor:
    """(N,), distance of the leg's origin from the axis of the expert's hole [m]."""
    offset = scene.leg.position - scene.top.point(_SEAT_IN_TOP)
    axis = scene.top.matrix[..., 1]
    return (offset - (offset * axis).sum(-1, keepdim=True) * axis).norm(dim=-1)


def hand_yaw(scene: Snapshot) -> Tensor:
    """(N,), of the hand's x axis, within the wrist's range [rad]."""
    x_axis = scene.hand.matrix[..., 0]
    return geometry.wrapped(torch.atan2(x_axis[:, 1], x_axis[:, 0]), geometry.YAW_BRANCH)


def _upright_leg(scene: Snapshot, height: Tensor) -> Pose:
    """Upright in the line of the hole, this high (N,) over the seat."""
    seat = scene.top.point(_SEAT_IN_TOP)
    upright = geometry.matrix(geometry.UPRIGHT_GRASP).expand_as(scene.leg.matrix)
    unturned = _QUARTER_TURNS[scene.face].transpose(-1, -2)
    return _raised(Pose(seat, product(upright, unturned)), height)


def _screw_point(scene: Snapshot) -> Tensor:
    end = square_table.LEG_BODY.upper[1] - geometry.SCREW_GRIP_BELOW_END
    return scene.leg.point(scene.leg.position.new_tensor((0.0, end, 0.0)))


def _stroke_start(scene: Snapshot) -> Tensor:
    """The largest hand yaw within the limit at which the fingers lie on two faces of the leg."""
    across = scene.leg.matrix[..., 0]
    face = torch.atan2(across[:, 1], across[:, 0])
    back = torch.remainder(geometry.TURN_START_MAX - face, math.pi / 2)
    return geometry.TURN_START_MAX - back


def _towards_yaw(scene: Snapshot, goal: Tensor) -> Tensor:
    """The hand pointing down, less than half a turn ahead, so that it goes the way that the wrist allows."""
    now = hand_yaw(scene)
    return geometry.hand_down(now + (goal - now).clamp(-geometry.YAW_LEAD, geometry.YAW_LEAD))


def _at_height(point: Tensor, height: float) -> Tensor:
    return torch.cat((point[:, :2], torch.full_like(point[:, 2:], height)), -1)


def _raised(pose: Pose, climb: float | Tensor) -> Pose:
    lift = torch.zeros_like(pose.position)
    lift[:, 2] = climb
    return Pose(pose.position + lift, pose.matrix)


def _withdrawn(pose: Pose, distance: float) -> Pose:
    return Pose(pose.position - distance * pose.matrix[..., 2], pose.matrix)
