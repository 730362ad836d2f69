"""What a program that runs an exported worker must know, as JSON; it travels in the file."""

from typing import Any, Final

from robolearn.checkpoint import Checkpoint
from robolearn.policies.worker.command import (
    CATCHING_HEIGHT,
    COMMAND,
    GAIT_PERIOD,
    GREATEST_HURRY,
    HURRIES_FROM,
    HURRIES_UP_TO,
    LOWERING_RATE,
    RISING_RATE,
    ROUNDING,
    STILL,
    VELOCITY_RATE,
)
from robolearn.policies.worker.worker_policy import WorkerPolicy

FORMAT: Final = "robolearn worker onnx 4"

GAIT_STEP: Final = """\
def towards(value, goal, down, up):
    return value + min(max(goal - value, -down / control_rate), up / control_rate)
def moves(velocity):
    return hypot(velocity[0], velocity[1]) > still or abs(velocity[2]) > still
velocity = [towards(v, goal, rate, rate) for v, goal, rate in zip(velocity, command_velocity, velocity_rate)]
catches = moving and not moves(command_velocity)
goal = max(command_height, catching_height) if catches else command_height
height = towards(height, goal, lowering_rate, rising_rate)
wanted = moves(command_velocity) or moves(velocity) or abs(step_request) >= 1
if not moving:
    phase = 0 if step_request >= 0 else 0.5
urgency = (abs(step_request) - hurries_from) / (hurries_up_to - hurries_from)
hurry = 1 + (greatest_hurry - 1) * min(max(urgency, 0), 1)
advanced = phase + (hurry / (period * control_rate) if moving or wanted else 0)
if not wanted and floor(2 * advanced + rounding) > floor(2 * phase + rounding):
    phase, moving = floor(2 * advanced + rounding) / 2 % 1, False
else:
    phase, moving = advanced % 1, moving or wanted
sine, cosine = (sin(2 * pi * phase), cos(2 * pi * phase)) if moving else (0, 0)
"""
"""`CommandShaper.step`, for one robot. step_request: the last entry of the action before."""


def worker_contract(policy: WorkerPolicy, checkpoint: Checkpoint, memory_size: int) -> dict[str, Any]:
    """Names, units, constants and rules of an exported worker; postures are in the order of `joints`."""
    spec, config = policy.spec, policy.config
    positions = [name for name in spec.observation.names if name.endswith("_joint.position")]
    return {
        "format": FORMAT,
        "task": spec.name,
        "identity": checkpoint.identity,
        "code_version": checkpoint.code_version,
        "control_rate_hz": spec.control_rate_hz,
        "observation": spec.observation.to_json(),
        "action": spec.action.to_json(),
        "servos": {
            "rule": "torque = stiffness * (target - position) - damping * velocity, targets from the action",
            "stiffness": {"unit": "N m/rad", "values": [stiffness for stiffness, _ in spec.gains.values()]},
            "damping": {"unit": "N m s/rad", "values": [damping for _, damping in spec.gains.values()]},
        },
        "memory": {
            "size": memory_size,
            "initial": 0.0,
            "rule": "zeros begin an episode; afterwards pass next_memory of the step before",
        },
        "history": {
            "lags": config.stacked_lags,
            "unit": "control steps",
            "action_scale": config.action_scale,
        },
        "postures": {
            "joints": [name.removesuffix(".position") for name in positions],
            "heights": {"unit": "m", "values": config.heights},
            "angles": {"unit": "rad", "values": policy.postures.tolist()},
            "standing_targets": {"unit": "rad", "values": policy.standing_targets.tolist()},
        },
        "gait": _gait(policy),
    }


def _gait(policy: WorkerPolicy) -> dict[str, Any]:
    constants = {
        "period": GAIT_PERIOD,
        "lowering_rate": LOWERING_RATE,
        "rising_rate": RISING_RATE,
        "velocity_rate": list(VELOCITY_RATE),
        "still": STILL,
        "catching_height": CATCHING_HEIGHT,
        "rounding": ROUNDING,
        "greatest_hurry": GREATEST_HURRY,
        "hurries_from": HURRIES_FROM,
        "hurries_up_to": HURRIES_UP_TO,
    }
    return {
        "command": list(COMMAND),
        "constants": constants,
        "units": {
            "period": "s",
            "lowering_rate": "m/s",
            "rising_rate": "m/s",
            "velocity_rate": "m/s^2, m/s^2, rad/s^2",
            "still": "m/s and rad/s",
            "catching_height": "m",
            **dict.fromkeys(("rounding", "greatest_hurry", "hurries_from", "hurries_up_to"), "1"),
        },
        "initial": {
            "velocity": [0.0, 0.0, 0.0],
            "height": "that of the pelvis above the soles",
            "phase": 0.0,
            "moving": False,
        },
        "step": GAIT_STEP,
        "rule": "begin with initial, and run step, which is Python, before every observation but the first; "
        "command.velocity_x, command.velocity_y and command.yaw_rate are velocity, gait.height is height, "
        "gait.sine is sine, gait.cosine is cosine; the left foot swings in the first half of the phase, the "
        "right one in the second",
    }
