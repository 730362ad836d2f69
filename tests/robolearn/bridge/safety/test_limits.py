"""Limits say which joint has a number that cannot be one."""

from typing import Any

import numpy as np
import pytest

from robolearn.bridge.safety.limits import JointLimits
from robolearn.errors import UserError

GOOD: dict[str, Any] = {
    "names": ("hip", "knee"),
    "lower": [-1.0, 0.0],
    "upper": [1.0, 2.0],
    "velocity": [10.0, 20.0],
    "torque": [88.0, 139.0],
    "kp": [200.0, 0.0],
    "kd": [8.0, 5.0],
    "step": [0.1, 0.1],
    "damping": [8.0, 3.0],
}


def test_limits_are_float64_and_stay_as_they_are() -> None:
    limits = JointLimits(**GOOD)
    assert limits.size == 2 and limits.kp.dtype == np.float64
    with pytest.raises(ValueError, match="read-only"):
        limits.upper[0] = 9.0


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"lower": [-1.0, 2.0]}, "limits: lower=2 of knee is not valid: it takes less than upper"),
        ({"torque": [0.0, 1.0]}, "limits: torque=0 of hip is not valid: it takes more than 0"),
        ({"kp": [1.0, -1.0]}, "limits: kp=-1 of knee is not valid: it takes 0 or more"),
        (
            {"velocity": [1.0, float("inf")]},
            "limits: velocity=inf of knee is not valid: it takes a finite number",
        ),
        ({"step": [float("nan"), 1.0]}, "limits: step=nan of hip is not valid: it takes a finite number"),
        ({"damping": [9.0, 3.0]}, "limits: damping=9 of hip is not valid: it takes at most kd"),
        ({"damping": [0.0, 3.0]}, "limits: damping=0 of hip is not valid: it takes more than 0"),
        ({"kd": [8.0]}, "limits: kd has shape (1,), but there are 2 joints"),
    ],
)
def test_the_joint_is_named(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(UserError) as raised:
        JointLimits(**(GOOD | changed))
    assert str(raised.value) == said
