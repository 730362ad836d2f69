"""The simulated G1: commands in, states out, under whatever clock it is given."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np

from envs.humanoid.worker import FALLEN_HEIGHT, FALLEN_TILT
from envs.robots.g1.constants import JOINTS
from envs.robots.g1.limits import g1_limits
from envs.sim_robot.body import TIMESTEP, Body
from envs.sim_robot.channel import Channel
from envs.sim_robot.crane import Crane
from envs.sim_robot.sensors import MODE_MACHINE, Sensors
from envs.sim_robot.strictness import CommandCheck, Order, Refusal
from robolearn.bridge.remote_control import Button
from robolearn.bridge.safety.postures import braking
from robolearn.bridge.sim_settings import Interference

COMMAND_TIMEOUT: Final = 0.1
"""Without a command for so long the robot brakes its joints [s]; chosen: 50 commands of 500 a second, and
less than a third of the time constant of toppling, 0.28 s. Unitree publishes no figure of its own."""


class SimulatedRobot:
    """One robot, that hangs from a crane at first where there is one.

    interference: what goes wrong from now on; may be replaced at any time
    controller: name of the robot's own controller that has the motors, empty for none; it does nothing but
        keep others from them
    buttons: of its remote control that are down
    refused: commands that were dropped, by reason
    obeyed: commands that were followed
    timeouts: how often commands stopped
    """

    def __init__(
        self, seed: int = 0, interference: Interference | None = None, crane_seconds: float = 10.0
    ) -> None:
        self.interference = Interference() if interference is None else interference
        self.controller = ""
        self.buttons = Button(0)
        self.refused: Counter[Refusal] = Counter()
        self.obeyed = 0
        self.timeouts = 0
        self.body = Body(hanging=crane_seconds > 0.0)
        limits = g1_limits(TIMESTEP)
        self._damping = limits.damping
        self._check = CommandCheck(limits, MODE_MACHINE)
        self._sensors = Sensors(self.body, seed)
        self._crane = Crane(crane_seconds)
        self._commands, self._states = Channel(seed, 0), Channel(seed, 1)
        self._repeats = np.random.default_rng([seed, 3])
        self._ticks = 0
        self._last_report = b""
        self._obeyed_at: float | None = None
        self._on_crane = crane_seconds > 0.0
        self._brake()

    @property
    def fallen(self) -> bool:
        """Whether the pelvis is tilted or low as the worker's task counts it."""
        return self.body.uprightness < FALLEN_TILT or self.body.pelvis_height < FALLEN_HEIGHT

    @property
    def on_crane(self) -> bool:
        """Whether the crane still holds it."""
        return self._on_crane

    @property
    def braked(self) -> bool:
        """Whether nobody commands it, so that it brakes its joints by itself."""
        return self._obeyed_at is None

    def step(self, now: float, commands: Sequence[bytes]) -> list[bytes]:
        """One step of the physics, 2 ms; returns the state messages that reach others by now.

        now: [s], of a clock that never goes back
        commands: messages that were sent to the robot since the step before
        """
        for payload in commands:
            self._commands.send(now, payload, self.interference)
        for payload in self._commands.arrived(now):
            self._take(payload, now)
        if self._obeyed_at is not None and now - self._obeyed_at > COMMAND_TIMEOUT:
            self.timeouts += 1
            self._brake()
        self.body.weaken(self.interference.torque)
        grip = self._crane.grip(now, self._stiff)
        self._on_crane = grip is not None
        self.body.step(grip)
        self._ticks += 1
        self._states.send(now, self._report(), self.interference)
        return self._states.arrived(now)

    def _take(self, payload: bytes, now: float) -> None:
        order = Refusal.CONTROLLER if self.controller else self._check.read(payload)
        if isinstance(order, Refusal):
            self.refused[order] += 1
            return
        self.obeyed += 1
        self._obeyed_at = now
        self._follow(order)

    def _brake(self) -> None:
        self._obeyed_at = None
        enabled = np.ones(len(JOINTS), dtype=bool)
        self._follow(Order(braking(np.zeros(len(JOINTS)), self._damping), enabled))

    def _follow(self, order: Order) -> None:
        self._enabled = order.enabled
        self._stiff = bool((order.command.kp[order.enabled] > 0.0).any())
        self.body.obey(order.command, order.enabled)

    def _report(self) -> bytes:
        repeated = self._repeats.random() < self.interference.stale
        if not repeated or not self._last_report:
            tick = round(1000.0 * TIMESTEP * self._ticks)
            self._last_report = self._sensors.report(tick, self._enabled, self.buttons, self.interference)
        return self._last_report
