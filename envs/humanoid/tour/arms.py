"""Somebody else's arms: random walks in front of the robot, left and right alike."""

import mujoco
import torch
from torch import Tensor

from envs.humanoid.streams import Stream
from envs.humanoid.tour.hands import ARM_MIRROR, HandBounds
from envs.humanoid.tour.protocol import ARM_DRAWS, ARM_STEPS, ARM_TICK, ARM_TICKS
from envs.robots.g1.constants import LEFT_ARM, default_angle
from robolearn.counter_random import uniform


class TourArms:
    """Targets of both arms in N worlds.

    start, end: (N, 7) of the left arm, between which it moves now [rad]
    """

    def __init__(self, num_worlds: int, model: mujoco.MjModel) -> None:
        self._bounds = HandBounds(model)
        limits = torch.tensor([model.joint(name).range.tolist() for name in LEFT_ARM])
        self._lower, self._upper = limits.unbind(1)
        self._stance = torch.tensor([default_angle(name) for name in LEFT_ARM])
        self.start = self._stance.repeat(num_worlds, 1)
        self.end = self.start.clone()

    def reset(self, worlds: Tensor) -> None:
        """Begin in the stance in the named worlds, (K,) int64."""
        self.start[worlds] = self._stance
        self.end[worlds] = self._stance

    def targets(self, seeds: Tensor, step: Tensor, running: Tensor) -> Tensor:
        """Targets of the left arm, then of the right one, (N, 14) [rad].

        seeds, step: (N,) episodes and their control steps
        running: (N,) bool, the worlds whose arms move on
        """
        place = step % ARM_STEPS
        begin = (running & (place == 0)).nonzero().squeeze(1)
        if len(begin):
            self.start[begin] = self.end[begin]
            self.end[begin] = self.draw(seeds[begin], step[begin] // ARM_STEPS, self.start[begin])
        share = (place + 1).float() / ARM_STEPS
        left = torch.lerp(self.start, self.end, share[:, None])
        return torch.cat((left, ARM_MIRROR * left), 1)

    def draw(self, seeds: Tensor, count: Tensor, start: Tensor) -> Tensor:
        """The `count`-th targets (K, 7) [rad] of episodes (K,), reached from `start` (K, 7)."""
        end = start.clone()
        pending = torch.arange(len(start))
        for attempt in range(ARM_DRAWS):
            counter = count[pending] * ARM_DRAWS + attempt
            walked = self._walk(seeds[pending], counter, start[pending])
            allowed = self._bounds.allow(walked)
            end[pending[allowed]] = walked[allowed]
            pending = pending[~allowed]
            if not len(pending):
                break
        return end

    def _walk(self, seeds: Tensor, counter: Tensor, angles: Tensor) -> Tensor:
        """Where random walks from `angles` (K, 7) end, clamped to the joints' limits at every tick."""
        shares = uniform(seeds, Stream.TOUR_ARMS, counter, ARM_TICKS * len(LEFT_ARM))
        for tick in (ARM_TICK * (2.0 * shares - 1.0)).view(-1, ARM_TICKS, len(LEFT_ARM)).unbind(1):
            angles = (angles + tick).clamp(self._lower, self._upper)
        return angles
