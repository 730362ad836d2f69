"""The last thing between any command and the motors: whatever is asked, what comes out is within limits."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Final

import numpy as np
from numba import types

from robolearn.bridge.compiled import TABLE, VECTOR, compiled
from robolearn.bridge.safety.joints import JointCommand, JointMeasurement, Mask, Vector, choose
from robolearn.bridge.safety.limits import JointLimits

_TORQUE_SHARE: Final = 1.0 - 1e-4
"""Of the limit that is used; chosen: the rest is for rounding, to float32 on the wire."""


@dataclass(frozen=True)
class Changes:
    """Why a command is not the one that was asked for, (..., J) each.

    unusable: it held NaN or an infinity, so the joint stays where it was told to be
    unmeasured: the joint's state is unknown, so it is only braked
    position, velocity, gains, step: beyond that limit
    torque: what the servo would have made of it was
    """

    unusable: Mask
    unmeasured: Mask
    position: Mask
    velocity: Mask
    gains: Mask
    step: Mask
    torque: Mask

    def any(self) -> bool:
        """Whether there is a change at all."""
        return any(bool(mask.any()) for mask in vars(self).values())

    def describe(self, names: Sequence[str]) -> list[str]:
        """A line for every joint that got another command, such as `left_knee_joint: position, torque`.

        For masks without a batch, (J,).
        """
        reasons = [entry.name for entry in fields(self)]
        table = np.stack([getattr(self, name) for name in reasons])
        return [
            f"{joint}: {', '.join(name for name, applies in zip(reasons, column, strict=True) if applies)}"
            for joint, column in zip(names, table.T, strict=True)
            if column.any()
        ]


def safe_command(
    requested: JointCommand, previous: JointCommand, measured: JointMeasurement, limits: JointLimits
) -> tuple[JointCommand, Changes]:
    """The nearest command to `requested` that is finite and within `limits`, and what was changed.

    Of every joint whose measurement can be believed the torque is within its limit as well. The target moves
    first, which leaves stiffness and damping as they are; only where it may not move far enough all gains
    shrink. A joint that is not measured is braked: no stiffness, `limits.damping`.

    requested, previous, measured: (..., J), with any content; `previous` is what was sent last
    Without a batch, a command that is within all limits comes back itself.

    Raises ValueError for another number of joints.
    """
    table, before = requested.table, previous.table
    alone = table.shape == before.shape == limits.least.shape and measured.q.shape == limits.lower.shape
    if alone and is_within(table, before, measured.q, measured.dq, *limits.plain):
        return requested, _unchanged(limits.size)
    _check_size(limits, requested=table, previous=before, measured=measured.q)
    known = measured.known()
    seen = JointMeasurement(np.where(known, measured.q, 0.0), np.where(known, measured.dq, 0.0))
    held = _held(previous, seen, known, limits)
    usable = requested.finite()
    wanted = choose(usable, requested, held)
    inside = JointCommand(_clipped(wanted.table, limits.least, limits.greatest))
    near = inside.aimed_at(_within_step(inside.q, held.q, limits))
    bounded = _bounded(near, seen, held.q, limits)
    changed = inside.table != wanted.table
    changes = Changes(
        unusable=~usable,
        unmeasured=~known,
        position=changed[..., 0, :],
        velocity=changed[..., 1, :],
        gains=changed[..., 3, :] | changed[..., 4, :],
        step=near.q != inside.q,
        torque=known & (changed[..., 2, :] | (bounded.table != near.table).any(axis=-2)),
    )
    return choose(known, bounded, _braked(held.q, limits)), changes


@compiled(types.boolean, TABLE, TABLE, VECTOR, VECTOR, TABLE, TABLE)
def is_within(
    requested: Vector, previous: Vector, angles: Vector, speeds: Vector, least: Vector, greatest: Vector
) -> bool:
    """Whether nothing is to be changed, which is told sooner than what is.

    least, greatest: as `JointLimits.plain`
    False may be wrong, but not true: a comparison with NaN is not within.
    """
    for joint in range(requested.shape[1]):
        q, dq, tau, kp, kd = requested[:, joint]
        torque = tau + kp * (q - angles[joint]) + kd * (dq - speeds[joint])
        others = (angles[joint], speeds[joint], q - previous[0, joint], torque)
        for row in range(5):
            if not least[row, joint] <= requested[row, joint] <= greatest[row, joint]:
                return False
            if not least[row, joint] <= previous[row, joint] <= greatest[row, joint]:
                return False
        for place, value in enumerate(others):
            if not least[5 + place, joint] <= value <= greatest[5 + place, joint]:
                return False
    return True


@cache
def _unchanged(size: int) -> Changes:
    nowhere = np.zeros(size, dtype=bool)
    nowhere.flags.writeable = False
    return Changes(*[nowhere] * len(fields(Changes)))


def _check_size(limits: JointLimits, **arrays: Vector) -> None:
    for name, array in arrays.items():
        if array.shape[-1:] != (limits.size,):
            raise ValueError(f"{name} has shape {array.shape}, but there are limits of {limits.size} joints")


def _held(previous: JointCommand, seen: JointMeasurement, known: Mask, limits: JointLimits) -> JointCommand:
    """Stay where `previous` said, or where the joint is, or else amid its range."""
    usable = previous.finite()
    place = np.where(known, seen.q, (limits.lower + limits.upper) / 2)
    target = _clipped(np.where(usable, previous.q, place), limits.lower, limits.upper)
    staying = previous.aimed_at(target)
    staying.table[..., 1:3, :] = 0.0
    return choose(usable, staying, _braked(target, limits))


def _braked(target: Vector, limits: JointLimits) -> JointCommand:
    table = np.zeros((*target.shape[:-1], 5, target.shape[-1]))
    table[..., 0, :], table[..., 4, :] = target, limits.damping
    return JointCommand(table)


def _within_step(target: Vector, reference: Vector, limits: JointLimits) -> Vector:
    return _clipped(target, reference - limits.step, reference + limits.step)


def _clipped(values: Vector, least: Vector, greatest: Vector) -> Vector:
    """`numpy.clip` in a third of its time for short vectors."""
    return np.minimum(np.maximum(values, least), greatest)


def _bounded(
    command: JointCommand, seen: JointMeasurement, reference: Vector, limits: JointLimits
) -> JointCommand:
    """Torque within its limit: the target moves as far as envelope and step let it, then the gains shrink."""
    excess = np.abs(command.torque(seen)) > limits.torque
    if not excess.any():
        return command
    moved = command.aimed_at(_target_of_torque(command, seen, reference, limits, excess))
    torque, limit = np.abs(moved.torque(seen)), _TORQUE_SHARE * limits.torque
    share = np.where(torque > limits.torque, limit / np.maximum(torque, limit), 1.0)
    moved.table[..., 2:, :] *= share[..., None, :]
    return moved


def _target_of_torque(
    command: JointCommand, seen: JointMeasurement, reference: Vector, limits: JointLimits, excess: Mask
) -> Vector:
    """The target nearest to the command's whose torque is within its limit, of those that are allowed."""
    rest = command.tau + command.kd * (command.dq - seen.dq)
    limit = _TORQUE_SHARE * limits.torque
    stiff = excess & (command.kp > 0)
    with np.errstate(over="ignore"):
        lowest = seen.q + np.divide(-limit - rest, command.kp, out=np.full_like(rest, -np.inf), where=stiff)
        highest = seen.q + np.divide(limit - rest, command.kp, out=np.full_like(rest, np.inf), where=stiff)
    near = _within_step(_clipped(command.q, lowest, highest), reference, limits)
    return _clipped(near, limits.lower, limits.upper)
