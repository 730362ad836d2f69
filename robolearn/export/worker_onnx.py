"""A worker's checkpoint as an ONNX file, with all that a program needs to run it."""

import json
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import onnx
import torch

from robolearn.checkpoint import load_checkpoint
from robolearn.errors import UserError
from robolearn.export.worker_contract import worker_contract
from robolearn.export.worker_graph import WorkerGraph
from robolearn.policies.registry import KINDS, WORKER, build_policy
from robolearn.policies.worker.worker_policy import WorkerPolicy

CONTRACT: Final = "robolearn"
"""Key of the file's metadata that the contract stands under."""

INPUTS, OUTPUTS = ("observation", "memory"), ("action", "next_memory")
OPSET: Final = 17


def checkpoint_onnx(path: str) -> bytes:
    """The ONNX file of a worker's checkpoint folder, or of the best of a run.

    Raises UserError for a policy of another kind, and as `load_policy`.
    """
    checkpoint = load_checkpoint(path, KINDS)
    if checkpoint.kind != WORKER:
        raise UserError(
            f"checkpoint={path} holds a {checkpoint.kind} policy: format=onnx takes policies of kind {WORKER}"
        )
    policy = build_policy(checkpoint)
    assert isinstance(policy, WorkerPolicy)
    graph = WorkerGraph(policy).eval()
    model = onnx.load_model_from_string(_traced(graph))
    contract = worker_contract(policy, checkpoint, graph.memory_size)
    onnx.helper.set_model_props(model, {CONTRACT: json.dumps(contract)})
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString()


def _traced(graph: WorkerGraph) -> bytes:
    example = (torch.zeros(2, graph.policy.spec.observation.size), torch.zeros(2, graph.memory_size))
    with (
        tempfile.TemporaryDirectory() as folder,
        _searchsorted_exports(),
        warnings.catch_warnings(),
        torch.no_grad(),
    ):
        file = Path(folder) / "worker.onnx"
        # Of sizes and indices that are constant here, and of the exporter that needs no further package.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            graph,
            example,
            file,
            input_names=INPUTS,
            output_names=OUTPUTS,
            dynamic_axes={name: {0: "batch"} for name in (*INPUTS, *OUTPUTS)},
            opset_version=OPSET,
            dynamo=False,
        )
        return file.read_bytes()


@contextmanager
def _searchsorted_exports() -> Iterator[None]:
    """ONNX has no `searchsorted`; the place in ascending values is how many of them are less."""

    def count_less(g: Any, places: Any, at: Any, *_: Any) -> Any:
        axis = g.op("Constant", value_t=torch.tensor([-1]))
        less = g.op("Less", places, g.op("Unsqueeze", at, axis))
        counted = g.op("Cast", less, to_i=onnx.TensorProto.INT64)
        return g.op("ReduceSum", counted, axis, keepdims_i=0)

    name = "aten::searchsorted"
    torch.onnx.register_custom_op_symbolic(name, count_less, OPSET)  # pyright: ignore[reportPrivateImportUsage]
    try:
        yield
    finally:
        torch.onnx.unregister_custom_op_symbolic(name, OPSET)  # pyright: ignore[reportPrivateImportUsage]
