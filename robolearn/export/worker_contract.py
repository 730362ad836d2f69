"""What a program that runs an exported worker must know, as JSON; it travels in the file."""

from typing import Any, Final

from robolearn.checkpoint import Checkpoint
from robolearn.policies.worker.command import COMMAND, GAIT_PERIOD, HEIGHT_RATE, STILL
from robolearn.policies.worker.worker_policy import WorkerPolicy

FORMAT: Final = "robolearn worker onnx 1"

GAIT_STEP: Final = """\
wanted = hypot(velocity_x, velocity_y) > still or abs(yaw_rate) > still
height += min(max(command_height - height, -height_rate / control_rate), height_rate / control_rate)
advanced = phase + (1 / (period * control_rate) if moving or wanted else 0)
if not wanted and floor(2 * advanced) > floor(2 * phase):
    phase, moving = floor(2 * advanced) / 2 % 1, False
else:
    phase, moving = advanced % 1, moving or wanted
sine, cosine = (sin(2 * pi * phase), cos(2 * pi * phase)) if moving else (0, 0)
"""
"""`CommandShaper.step`, for one robot."""


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
        "joint_target": spec.action.to_json(),
        "servos": {
            "rule": "torque = stiffness * (joint_target - position) - damping * velocity",
            "stiffness": {"unit": "N m/rad", "values": [stiffness for stiffness, _ in spec.gains.values()]},
            "damping": {"unit": "N m s/rad", "values": [damping for _, damping in spec.gains.values()]},
        },
        "memory": {
            "size": memory_size,
            "initial": 0.0,
            "rule": "zeros begin an episode; afterwards pass next_memory of the step before",
        },
        "history": {"lags": config.lags, "unit": "control steps", "action_scale": config.action_scale},
        "postures": {
            "joints": [name.removesuffix(".position") for name in positions],
            "heights": {"unit": "m", "values": config.heights},
            "angles": {"unit": "rad", "values": policy.postures.tolist()},
            "standing_targets": {"unit": "rad", "values": policy.standing_targets.tolist()},
        },
        "gait": _gait(),
    }


def _gait() -> dict[str, Any]:
    return {
        "command": list(COMMAND),
        "constants": {"period": GAIT_PERIOD, "height_rate": HEIGHT_RATE, "still": STILL},
        "units": {"period": "s", "height_rate": "m/s", "still": "m/s and rad/s"},
        "initial": {"height": "that of the pelvis above the soles", "phase": "0 or 0.5", "moving": False},
        "step": GAIT_STEP,
        "rule": "begin with initial, and run step, which is Python, before every observation but the first; "
        "gait.height is height, gait.sine is sine, gait.cosine is cosine; the left foot swings in the first "
        "half of the phase, the right one in the second",
    }
