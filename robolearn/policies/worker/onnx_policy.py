"""Somebody else's walking controller as a policy, for a fair opponent in the same run."""

import hashlib
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor

from robolearn.errors import UserError
from robolearn.policies.policy import Policy
from robolearn.policies.worker.drive import Drive
from robolearn.policies.worker.onnx_contract import COMMANDS, CONTRACT, TARGETS, OnnxContract, read_contract
from robolearn.policies.worker.onnx_network import OnnxNetwork
from robolearn.specification import TaskSpec

NETWORK: Final = "policy.onnx"
STANDING_NETWORK: Final = "standing.onnx"

TASK: Final = "g1_worker"
"""Name of the tasks whose vectors such a controller acts on."""


class OnnxPolicy(Policy):
    """A controller as `robolearn.policies.worker.onnx_contract` describes it.

    Joints of the task's action that it does not drive get a target of 0.

    drive: how it wants to be run; a fair trial adopts it
    """

    def __init__(
        self, contract: OnnxContract, spec: TaskSpec, network: OnnxNetwork, standing: OnnxNetwork | None
    ) -> None:
        """standing: acts instead of `network` where the command is small."""
        super().__init__()
        self._contract, self._network, self._standing = contract, network, standing
        self.drive = Drive(contract.stiffness, contract.damping, contract.limits, within_limits=False)
        own = [f"{joint}.last_action" for joint in contract.joints]
        known = [*spec.observation.names, *(f"target.{name}" for name in TARGETS), *own]
        entries = [entry for name in contract.inputs for entry in contract.entries(name)]
        self._places = torch.tensor([known.index(entry) for entry in entries])
        self._scales = torch.tensor([scale for name in contract.inputs for scale in contract.scales[name]])
        angles = {f"{joint}.position": angle for joint, angle in contract.default_angles.items()}
        self._offsets = torch.tensor([angles.get(entry, 0.0) for entry in entries])
        self._targets = torch.tensor([contract.targets[name] for name in TARGETS])
        self._defaults = torch.tensor([contract.default_angles[joint] for joint in contract.joints])
        self._driven = torch.tensor([spec.action.names.index(f"{joint}.target") for joint in contract.joints])
        self._commands = torch.tensor([spec.observation.names.index(name) for name in COMMANDS])
        self._action_size = spec.action.size

    def reset(self, env_ids: Tensor | None = None, num_envs: int | None = None) -> None:
        """Forget the frames and last actions of the named worlds, or of all."""
        if num_envs is not None and (not hasattr(self, "_frames") or len(self._frames) != num_envs):
            self._frames = torch.zeros(num_envs, self._contract.history, self._contract.frame_size)
            self._last_action = torch.zeros(num_envs, len(self._contract.joints))
        worlds = torch.arange(len(self._frames)) if env_ids is None else env_ids
        # Not in place: what was made in inference mode may not be changed outside it.
        self._frames = self._frames.index_fill(0, worlds, 0.0)
        self._last_action = self._last_action.index_fill(0, worlds, 0.0)

    @torch.no_grad()
    def act(self, observation: Tensor) -> Tensor:
        """Joint targets (N, A) [rad] for raw observations (N, O)."""
        frame = self._frame(observation)[:, None]
        newest_first = self._contract.newest_first
        parts = (frame, self._frames[:, :-1]) if newest_first else (self._frames[:, 1:], frame)
        self._frames = torch.cat(parts, 1)
        self._last_action = self._run(self._frames.flatten(1), observation)
        targets = observation.new_zeros(len(observation), self._action_size)
        targets[:, self._driven] = self._defaults + self._contract.action_scale * self._last_action
        return targets

    def _frame(self, observation: Tensor) -> Tensor:
        """Newest frames (N, F)."""
        targets = self._targets.expand(len(observation), -1)
        known = torch.cat((observation, targets, self._last_action), 1)
        return (known[:, self._places] - self._offsets) * self._scales

    def _run(self, stack: Tensor, observation: Tensor) -> Tensor:
        """Actions (N, A) of the network that each world's command calls for."""
        below = self._contract.standing_below
        if self._standing is None or below is None:
            return self._network(stack)
        stands = observation[:, self._commands].norm(dim=1) <= below
        action = torch.empty_like(self._last_action)
        for network, rows in ((self._standing, stands), (self._network, ~stands)):
            if bool(rows.any()):
                action[rows] = network(stack[rows])
        return action


def is_onnx_controller(path: str | Path) -> bool:
    """Whether a folder holds a contract instead of a checkpoint."""
    return (Path(path) / CONTRACT).is_file()


def onnx_identity(path: str | Path) -> dict[str, Any]:
    """What distinguishes the controller in a folder: the fingerprint of its files."""
    files = [Path(path) / name for name in (CONTRACT, NETWORK, STANDING_NETWORK)]
    content = b"".join(hashlib.sha256(file.read_bytes()).digest() for file in files if file.is_file())
    return {"kind": "onnx", "identity": hashlib.sha256(content).hexdigest()}


def load_onnx_policy(path: str | Path, spec: TaskSpec) -> OnnxPolicy:
    """The controller in a folder, ready to act in a task with the specification `spec`.

    Raises UserError, in one line, for another task, a bad contract, and networks that do not fit it.
    """
    if spec.name != TASK:
        raise UserError(f"{path} holds an ONNX controller: it acts in g1_tour, not in tasks of '{spec.name}'")
    folder = Path(path)
    contract = read_contract(folder, spec)
    sizes = contract.history * contract.frame_size, len(contract.joints)
    network = OnnxNetwork(folder / NETWORK, *sizes)
    stands = contract.standing_below is not None
    standing = OnnxNetwork(folder / STANDING_NETWORK, *sizes) if stands else None
    return OnnxPolicy(contract, spec, network, standing)
