"""A policy that flies an arm: one target for every state."""

import numpy as np
import torch

from robolearn.bridge.arm.filter import safe_joints, safe_pose
from robolearn.bridge.arm.limits import Vector
from robolearn.bridge.arm.pose import EndEffectorPose
from robolearn.bridge.arm.profile import ArmProfile, ArmTask
from robolearn.bridge.arm.state import ArmState
from robolearn.bridge.arm.targets import Target
from robolearn.evaluation.controllers import PolicyController
from robolearn.policies.policy import Policy

_SEEDS = torch.zeros(1, dtype=torch.int64)
"""Of the one world that a controller is told of; a policy does not look at them."""


class Pilot:
    """Acts as evaluations do, and keeps targets within the arm's limits.

    seed: of what randomness the policy has
    joints: also turn poses into joint targets

    filtered: targets that were changed, by what was beyond its limit
    """

    def __init__(
        self, profile: ArmProfile, task: ArmTask, policy: Policy, seed: int, joints: bool = False
    ) -> None:
        self._profile, self._task, self._joints = profile, task, joints
        self._controller = PolicyController(policy, 1, seed)
        self._closed = False
        self.filtered = {"step": 0, "turn": 0, "workspace": 0, "joints": 0}

    def begin(self, state: ArmState) -> None:
        """An episode begins; the fingers are as they are."""
        self._controller.reset(_SEEDS)
        self._closed = state.width < self._profile.limits.opening / 2

    def target(self, state: ArmState) -> Target | None:
        """What the policy wants; None where its action is not finite."""
        motion = self._profile.kinematics.motion(state.angles, state.speeds)
        observation = torch.from_numpy(self._task.observation(state, motion))[None]
        action = self._controller.act(observation)[0].numpy()
        if not np.isfinite(action).all():
            return None
        wish = self._task.wish(action)
        if wish.closed is not None:
            self._closed = wish.closed
        return self._limited(wish.pose, state, motion[0])

    def here(self, state: ArmState) -> Target:
        """Stay, with the fingers as they were told to be last."""
        pose, _ = self._profile.kinematics.motion(state.angles, state.speeds)
        angles = state.angles.copy() if self._joints else None
        return Target(pose, angles, self._closed)

    def kept(self, held: Target, state: ArmState) -> Target:
        """A target of before, as near as the limits let it be."""
        pose, _ = self._profile.kinematics.motion(state.angles, state.speeds)
        limits = self._profile.limits
        safe, _ = safe_pose(held.pose, pose, limits)
        angles = None if held.angles is None else safe_joints(held.angles, state.angles, limits)[0]
        return Target(safe, angles, held.closed)

    def _limited(self, wanted: EndEffectorPose, state: ArmState, measured: EndEffectorPose) -> Target:
        limits = self._profile.limits
        pose, changes = safe_pose(wanted, measured, limits)
        for name, applies in vars(changes).items():
            self.filtered[name] += applies
        return Target(pose, self._angles(pose, state) if self._joints else None, self._closed)

    def _angles(self, pose: EndEffectorPose, state: ArmState) -> Vector:
        wanted = self._profile.kinematics.angles_towards(state.angles, pose)
        angles, changed = safe_joints(wanted, state.angles, self._profile.limits)
        self.filtered["joints"] += changed
        return angles
