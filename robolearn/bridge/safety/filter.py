"""The last thing between any command and the motors: whatever is asked, what comes out is within limits."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from robolearn.bridge.safety.joints import JointCommand, JointMeasurement, Mask, Vector, choose
from robolearn.bridge.safety.limits import JointLimits

LARGEST_ANGLE: Final = 100.0
LARGEST_SPEED: Final = 1000.0
"""Of a measurement that is believed [rad], [rad/s]; chosen: joints stay far below, garbage seldom does."""

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

    Raises ValueError for another number of joints.
    """
    _check_size(limits, requested=requested.q, previous=previous.q, measured=measured.q)
    known = _believed(measured)
    seen = JointMeasurement(np.where(known, measured.q, 0.0), np.where(known, measured.dq, 0.0))
    held = _held(previous, seen, known, limits)
    usable = requested.finite()
    wanted = choose(usable, requested, held)
    inside = _inside(wanted, limits)
    near = _moved(inside, np.clip(inside.q, held.q - limits.step, held.q + limits.step))
    bounded = _bounded(near, seen, held.q, limits)
    command = choose(known, bounded, _braked(held.q, limits))
    changes = Changes(
        unusable=~usable,
        unmeasured=~known,
        position=inside.q != wanted.q,
        velocity=inside.dq != wanted.dq,
        gains=(inside.kp != wanted.kp) | (inside.kd != wanted.kd),
        step=near.q != inside.q,
        torque=known & ((inside.tau != wanted.tau) | _differ(bounded, near)),
    )
    return command, changes


def _check_size(limits: JointLimits, **vectors: Vector) -> None:
    for name, vector in vectors.items():
        if vector.shape[-1:] != (limits.size,):
            raise ValueError(f"{name} has shape {vector.shape}, but there are limits of {limits.size} joints")


def _believed(measured: JointMeasurement) -> Mask:
    return (np.abs(measured.q) <= LARGEST_ANGLE) & (np.abs(measured.dq) <= LARGEST_SPEED)


def _held(previous: JointCommand, seen: JointMeasurement, known: Mask, limits: JointLimits) -> JointCommand:
    """Stay where `previous` said, or where the joint is, or else amid its range."""
    usable = previous.finite()
    place = np.where(known, seen.q, (limits.lower + limits.upper) / 2)
    target = np.clip(np.where(usable, previous.q, place), limits.lower, limits.upper)
    zero = np.zeros_like(target)
    staying = JointCommand(target, zero, zero, previous.kp, previous.kd)
    return choose(usable, staying, _braked(target, limits))


def _braked(target: Vector, limits: JointLimits) -> JointCommand:
    zero = np.zeros_like(target)
    return JointCommand(target, zero, zero, zero, np.broadcast_to(limits.damping, target.shape))


def _inside(command: JointCommand, limits: JointLimits) -> JointCommand:
    return JointCommand(
        np.clip(command.q, limits.lower, limits.upper),
        np.clip(command.dq, -limits.velocity, limits.velocity),
        np.clip(command.tau, -limits.torque, limits.torque),
        np.clip(command.kp, 0.0, limits.kp),
        np.clip(command.kd, 0.0, limits.kd),
    )


def _bounded(
    command: JointCommand, seen: JointMeasurement, reference: Vector, limits: JointLimits
) -> JointCommand:
    """Torque within its limit: the target moves as far as envelope and step let it, then the gains shrink."""
    moved = _moved(command, _target_of_torque(command, seen, reference, limits))
    torque, limit = np.abs(moved.torque(seen)), _TORQUE_SHARE * limits.torque
    share = np.where(torque > limits.torque, limit / np.maximum(torque, limit), 1.0)
    return JointCommand(moved.q, moved.dq, share * moved.tau, share * moved.kp, share * moved.kd)


def _target_of_torque(
    command: JointCommand, seen: JointMeasurement, reference: Vector, limits: JointLimits
) -> Vector:
    """The target nearest to the command's whose torque is within its limit, of those that are allowed."""
    excess = np.abs(command.torque(seen)) > limits.torque
    rest = command.tau + command.kd * (command.dq - seen.dq)
    limit = _TORQUE_SHARE * limits.torque
    stiff = excess & (command.kp > 0)
    with np.errstate(over="ignore"):
        lowest = seen.q + np.divide(-limit - rest, command.kp, out=np.full_like(rest, -np.inf), where=stiff)
        highest = seen.q + np.divide(limit - rest, command.kp, out=np.full_like(rest, np.inf), where=stiff)
    allowed = np.clip(command.q, lowest, highest)
    near = np.clip(allowed, reference - limits.step, reference + limits.step)
    return np.clip(near, limits.lower, limits.upper)


def _differ(one: JointCommand, other: JointCommand) -> Mask:
    pairs = zip(one.vectors(), other.vectors(), strict=True)
    return np.logical_or.reduce([first != second for first, second in pairs])


def _moved(command: JointCommand, target: Vector) -> JointCommand:
    return JointCommand(target, command.dq, command.tau, command.kp, command.kd)
