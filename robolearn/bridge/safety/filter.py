"""The last thing between any command and the motors: whatever is asked, what comes out is within limits."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Final

import numpy as np
from numba import types
from numpy.typing import NDArray

from robolearn.bridge.compiled import BUFFER, TABLE, VECTOR, WRITTEN_TABLE, WRITTEN_VECTOR, compiled
from robolearn.bridge.safety.joints import (
    LARGEST_ANGLE,
    LARGEST_SPEED,
    JointCommand,
    JointMeasurement,
    Mask,
    Vector,
)
from robolearn.bridge.safety.limits import (
    DAMPING,
    KD,
    KP,
    LOWER,
    SPEED,
    STEPS,
    TORQUES,
    UPPER,
    JointLimits,
)

_TORQUE_SHARE: Final = 1.0 - 1e-4
"""Of the limit that is used; chosen: the rest is for rounding, to float32 on the wire."""

_REASONS: Final = tuple(1 << place for place in range(7))
UNUSABLE, UNMEASURED, POSITION, VELOCITY, GAINS, STEP, TORQUE = _REASONS
"""Bits that tell why a joint gets another command, in the order of `Changes`."""


@dataclass(frozen=True)
class Changes:
    """Why a command is not the one that was asked for, (J,) each.

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
        """A line for every joint that got another command, such as `left_knee_joint: position, torque`."""
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

    requested, previous, measured: (J,), with any content; `previous` is what was sent last
    A command that is within all limits comes back itself.

    Raises ValueError for another number of joints.
    """
    _check_size(limits, requested=requested.table, previous=previous.table, measured=measured.q)
    safe, reasons = np.empty(requested.table.shape), np.empty(limits.size, np.uint8)
    if filter_joints(requested.table, previous.table, measured.q, measured.dq, limits.table, safe, reasons):
        return JointCommand(safe), Changes(*[(reasons & bit) > 0 for bit in _REASONS])
    return requested, _unchanged(limits.size)


@cache
def _unchanged(size: int) -> Changes:
    nowhere = np.zeros(size, dtype=bool)
    nowhere.flags.writeable = False
    return Changes(*[nowhere] * len(fields(Changes)))


def _check_size(limits: JointLimits, **arrays: Vector) -> None:
    for name, array in arrays.items():
        if array.shape[-1] != limits.size:
            raise ValueError(f"{name} has shape {array.shape}, but there are limits of {limits.size} joints")


@compiled(types.float64, types.float64, types.float64, types.float64)
def _clipped(value: float, least: float, greatest: float) -> float:
    return min(max(value, least), greatest)


@compiled(types.float64, VECTOR, types.float64, types.float64)
def _torque(servo: Vector, angle: float, speed: float) -> float:
    """What a servo makes of q, dq, tau, kp and kd."""
    q, dq, tau, kp, kd = servo[0], servo[1], servo[2], servo[3], servo[4]
    return tau + kp * (q - angle) + kd * (dq - speed)


@compiled(types.boolean, VECTOR)
def _is_finite(servo: Vector) -> bool:
    finite = True
    for value in servo:
        finite &= math.isfinite(value)
    return finite


@compiled(types.void, WRITTEN_VECTOR, types.float64, types.float64, types.float64)
def _hold(servo: Vector, target: float, kp: float, kd: float) -> None:
    servo[0], servo[1], servo[2], servo[3], servo[4] = target, 0.0, 0.0, kp, kd


@compiled(types.int64, WRITTEN_VECTOR, VECTOR)
def _clip_rows(servo: Vector, limits: Vector) -> int:
    """Each number of a servo into its own range; why it had to be."""
    q, dq, tau, kp, kd = servo[0], servo[1], servo[2], servo[3], servo[4]
    servo[0] = _clipped(q, limits[LOWER], limits[UPPER])
    servo[1] = _clipped(dq, -limits[SPEED], limits[SPEED])
    servo[2] = _clipped(tau, -limits[TORQUES], limits[TORQUES])
    servo[3], servo[4] = _clipped(kp, 0.0, limits[KP]), _clipped(kd, 0.0, limits[KD])
    reasons = POSITION * (servo[0] != q) | VELOCITY * (servo[1] != dq) | TORQUE * (servo[2] != tau)
    return reasons | GAINS * (servo[3] != kp or servo[4] != kd)


@compiled(types.boolean, WRITTEN_VECTOR, types.float64, types.float64, types.float64, VECTOR)
def _bound_torque(servo: Vector, angle: float, speed: float, reference: float, limits: Vector) -> bool:
    """The target moves as far as range and step let it, then the gains shrink; whether anything had to.

    reference: that the target must be within a step of
    """
    if abs(_torque(servo, angle, speed)) <= limits[TORQUES]:
        return False
    limit, kp = _TORQUE_SHARE * limits[TORQUES], servo[3]
    if kp > 0.0:
        rest = servo[2] + servo[4] * (servo[1] - speed)
        near = _clipped(servo[0], angle + (-limit - rest) / kp, angle + (limit - rest) / kp)
        near = _clipped(near, reference - limits[STEPS], reference + limits[STEPS])
        servo[0] = _clipped(near, limits[LOWER], limits[UPPER])
    torque = abs(_torque(servo, angle, speed))
    if torque > limits[TORQUES]:
        servo[2:] *= limit / torque
    return True


@compiled(types.int64, WRITTEN_VECTOR, VECTOR, types.float64, types.float64, VECTOR)
def _filter_joint(servo: Vector, before: Vector, angle: float, speed: float, limits: Vector) -> int:
    """Change what is requested of a servo into what it may be told; why it had to be."""
    known = abs(angle) <= LARGEST_ANGLE and abs(speed) <= LARGEST_SPEED
    told = _is_finite(before)
    middle = (limits[LOWER] + limits[UPPER]) / 2.0
    reference = _clipped(before[0] if told else angle if known else middle, limits[LOWER], limits[UPPER])
    reasons = 0
    if not _is_finite(servo):
        reasons = UNUSABLE
        _hold(servo, reference, before[3] if told else 0.0, before[4] if told else limits[DAMPING])
    reasons |= _clip_rows(servo, limits)
    near = _clipped(servo[0], reference - limits[STEPS], reference + limits[STEPS])
    reasons |= STEP * (near != servo[0])
    servo[0] = near
    if not known:
        _hold(servo, reference, 0.0, limits[DAMPING])
        return reasons & ~TORQUE | UNMEASURED
    return reasons | TORQUE * _bound_torque(servo, angle, speed, reference, limits)


@compiled(types.boolean, TABLE, TABLE, VECTOR, VECTOR, TABLE, WRITTEN_TABLE, BUFFER)
def filter_joints(
    requested: Vector,
    previous: Vector,
    angles: Vector,
    speeds: Vector,
    limits: Vector,
    safe: Vector,
    reasons: NDArray[np.uint8],
) -> bool:
    """`safe_command` of tables; whether anything had to be changed.

    requested, previous: (5, J); angles, speeds: (J,); limits: (8, J) as `JointLimits.table`
    safe: (5, J) that becomes the command; reasons: (J,) that become bits such as `UNUSABLE`
    """
    changed = False
    safe[:] = requested
    for joint in range(len(angles)):
        reasons[joint] = _filter_joint(
            safe[:, joint], previous[:, joint], angles[joint], speeds[joint], limits[:, joint]
        )
        changed |= reasons[joint] > 0
    return changed
