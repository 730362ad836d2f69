"""Small ONNX controllers for tests: a linear map, and the contract that describes its input."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

JOINTS = ["left_knee_joint", "left_hip_pitch_joint", "waist_pitch_joint"]
OBSERVED = [*JOINTS, "left_elbow_joint"]

CONTRACT: dict[str, Any] = {
    "format": "robolearn onnx controller 1",
    "joints": JOINTS,
    "observed_joints": OBSERVED,
    "default_angles": dict(zip(OBSERVED, (0.42, -0.2, 0.1, 0.6), strict=True)),
    "action_scale": 0.25,
    "stiffness": dict(zip(JOINTS, (150, 151, 152), strict=True)),
    "damping": dict(zip(JOINTS, (4, 3, 4.5), strict=True)),
    "inputs": [
        *("gyro", "gravity", "command", "height", "roll", "pitch", "yaw"),
        *("joint_positions", "joint_velocities", "last_actions"),
    ],
    "scales": {"gyro": 0.5, "command": [2.0, 2.0, 0.25], "joint_velocities": 0.05},
    "targets": {"pitch": 0.12},
    "history": 2,
    "history_order": "oldest_first",
    "limits": {"backward": -0.55, "forward": 0.55, "sideways": 0.55, "yaw_rate": 1.57},
}
FRAME = 3 + 3 + 3 + 4 + 4 + 4 + 3
"""Entries of one of its frames."""


def linear(path: Path, weight: np.ndarray, bias: float = 0.0, batch: str | int = "batch") -> None:
    """Write the network that maps rows x to x @ weight + bias."""
    inputs, outputs = weight.shape
    made = helper.make_graph(
        [
            helper.make_node("MatMul", ["obs", "weight"], ["product"]),
            helper.make_node("Add", ["product", "bias"], ["actions"]),
        ],
        "linear",
        [helper.make_tensor_value_info("obs", TensorProto.FLOAT, [batch, inputs])],
        [helper.make_tensor_value_info("actions", TensorProto.FLOAT, [batch, outputs])],
        [
            numpy_helper.from_array(weight.astype(np.float32), "weight"),
            numpy_helper.from_array(np.full(outputs, bias, np.float32), "bias"),
        ],
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path.write_bytes(model.SerializeToString())


def controller(folder: Path, weight: np.ndarray | None = None, **changes: Any) -> Path:
    """Write contract and network to `folder`; changes: of entries, None to leave one out."""
    contract = {name: value for name, value in (CONTRACT | changes).items() if value is not None}
    (folder / "contract.json").write_text(json.dumps(contract))
    size = FRAME * int(contract["history"]) if isinstance(contract.get("history"), int) else FRAME
    linear(folder / "policy.onnx", np.zeros((size, 3)) if weight is None else weight)
    return folder
