"""Which commands are obeyed, and why the others are not."""

import numpy as np
import pytest

from envs.robots.g1.constants import JOINTS
from envs.robots.g1.limits import g1_limits
from envs.sim_robot.strictness import CommandCheck, Order, Refusal
from robolearn.bridge.images import LOW_COMMAND, Image, seal, to_wire

LIMITS = g1_limits(0.002)
KNEE = JOINTS.index("left_knee_joint")


def command() -> Image:
    """In the default posture, at the limits of everything else."""
    image = LOW_COMMAND.blank()
    image["mode_machine"] = 5
    motors = image["motor_cmd"][: len(JOINTS)]
    motors["mode"] = 1
    motors["q"], motors["dq"], motors["tau"] = LIMITS.upper, -LIMITS.velocity, LIMITS.torque
    motors["kp"], motors["kd"] = LIMITS.kp, LIMITS.kd
    return image


def verdict(image: Image) -> Order | Refusal:
    seal(image)
    return CommandCheck(LIMITS, mode_machine=5).read(to_wire(image, LOW_COMMAND))


def test_what_is_at_the_limits_is_obeyed() -> None:
    order = verdict(command())
    assert isinstance(order, Order) and order.enabled.all()
    assert order.command.q == pytest.approx(LIMITS.upper, abs=1e-6)


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("mode_pr", 1, Refusal.MODE_PR),
        ("mode_machine", 0, Refusal.MODE_MACHINE),
        ("mode_machine", 4, Refusal.MODE_MACHINE),
    ],
)
def test_what_is_meant_for_another_robot(field: str, value: int, expected: Refusal) -> None:
    image = command()
    image[field] = value
    assert verdict(image) is expected


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("mode", 2, Refusal.MOTOR_MODE),
        ("q", np.nan, Refusal.NOT_FINITE),
        ("kd", np.inf, Refusal.NOT_FINITE),
        ("q", LIMITS.upper[KNEE] + 0.001, Refusal.POSITION),
        ("q", LIMITS.lower[KNEE] - 0.001, Refusal.POSITION),
        ("dq", LIMITS.velocity[KNEE] + 0.01, Refusal.VELOCITY),
        ("tau", -LIMITS.torque[KNEE] - 0.01, Refusal.TORQUE),
        ("kp", LIMITS.kp[KNEE] + 0.01, Refusal.STIFFNESS),
        ("kp", -0.01, Refusal.STIFFNESS),
        ("kd", LIMITS.kd[KNEE] + 0.01, Refusal.DAMPING),
    ],
)
def test_what_a_joint_does_not_bear(field: str, value: float, expected: Refusal) -> None:
    image = command()
    image["motor_cmd"][field][KNEE] = value
    assert verdict(image) is expected


def test_damaged_messages() -> None:
    image = command()
    seal(image)
    payload = to_wire(image, LOW_COMMAND)
    check = CommandCheck(LIMITS, mode_machine=5)
    flipped = payload[:100] + bytes([payload[100] ^ 1]) + payload[101:]
    assert check.read(flipped) is Refusal.CRC
    assert check.read(payload[:-4]) is Refusal.SIZE and check.read(b"") is Refusal.SIZE
    image["crc"] = 0
    assert check.read(to_wire(image, LOW_COMMAND)) is Refusal.CRC


def test_motors_may_be_switched_off() -> None:
    image = command()
    image["motor_cmd"]["mode"][KNEE] = 0
    order = verdict(image)
    assert isinstance(order, Order) and not order.enabled[KNEE] and order.enabled.sum() == len(JOINTS) - 1
