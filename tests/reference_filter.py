"""The safety filter again, by arrays instead of joint by joint, for a test to compare."""

import numpy as np

from robolearn.bridge.safety.filter import Changes
from robolearn.bridge.safety.joints import (
    LARGEST_ANGLE,
    LARGEST_SPEED,
    JointCommand,
    JointMeasurement,
    Mask,
    Vector,
)
from robolearn.bridge.safety.limits import JointLimits

TORQUE_SHARE = 1.0 - 1e-4


def finite(command: JointCommand) -> Mask:
    """Which joints have neither NaN nor infinity, (J,)."""
    return np.logical_and.reduce(np.isfinite(command.table), axis=0)


def torque(command: JointCommand, measured: JointMeasurement) -> Vector:
    """What the servos make of it where the joints are now [N m], (J,)."""
    return command.tau + command.kp * (command.q - measured.q) + command.kd * (command.dq - measured.dq)


def reference_command(
    requested: JointCommand, previous: JointCommand, measured: JointMeasurement, limits: JointLimits
) -> tuple[JointCommand, Changes]:
    """As `safe_command`."""
    known = (np.abs(measured.q) <= LARGEST_ANGLE) & (np.abs(measured.dq) <= LARGEST_SPEED)
    seen = JointMeasurement(np.where(known, measured.q, 0.0), np.where(known, measured.dq, 0.0))
    held = _held(previous, seen, known, limits)
    usable = finite(requested)
    wanted = _choose(usable, requested, held)
    inside = JointCommand(np.clip(wanted.table, limits.least, limits.greatest))
    near = _aimed(inside, _within_step(inside.q, held.q, limits))
    bounded = _bounded(near, seen, held.q, limits)
    changed = inside.table != wanted.table
    changes = Changes(
        unusable=~usable,
        unmeasured=~known,
        position=changed[0],
        velocity=changed[1],
        gains=changed[3] | changed[4],
        step=near.q != inside.q,
        torque=known & (changed[2] | (bounded.table != near.table).any(axis=0)),
    )
    return _choose(known, bounded, _braked(held.q, limits)), changes


def _held(previous: JointCommand, seen: JointMeasurement, known: Mask, limits: JointLimits) -> JointCommand:
    usable = finite(previous)
    place = np.where(known, seen.q, (limits.lower + limits.upper) / 2)
    target = np.clip(np.where(usable, previous.q, place), limits.lower, limits.upper)
    staying = _aimed(previous, target)
    staying.table[1:3] = 0.0
    return _choose(usable, staying, _braked(target, limits))


def _braked(target: Vector, limits: JointLimits) -> JointCommand:
    return JointCommand.of(target, 0.0, 0.0, 0.0, limits.damping)


def _within_step(target: Vector, reference: Vector, limits: JointLimits) -> Vector:
    return np.clip(target, reference - limits.step, reference + limits.step)


def _bounded(
    command: JointCommand, seen: JointMeasurement, reference: Vector, limits: JointLimits
) -> JointCommand:
    excess = np.abs(torque(command, seen)) > limits.torque
    rest = command.tau + command.kd * (command.dq - seen.dq)
    limit = TORQUE_SHARE * limits.torque
    stiff = excess & (command.kp > 0)
    with np.errstate(over="ignore"):
        lowest = seen.q + np.divide(-limit - rest, command.kp, out=np.full_like(rest, -np.inf), where=stiff)
        highest = seen.q + np.divide(limit - rest, command.kp, out=np.full_like(rest, np.inf), where=stiff)
    near = _within_step(np.clip(command.q, lowest, highest), reference, limits)
    moved = _aimed(command, np.clip(near, limits.lower, limits.upper))
    left = np.abs(torque(moved, seen))
    moved.table[2:] *= np.where(left > limits.torque, limit / np.maximum(left, limit), 1.0)
    return moved


def _aimed(command: JointCommand, q: Vector) -> JointCommand:
    table = command.table.copy()
    table[0] = q
    return JointCommand(table)


def _choose(mask: Mask, where_true: JointCommand, where_false: JointCommand) -> JointCommand:
    return JointCommand(np.where(mask, where_true.table, where_false.table))
