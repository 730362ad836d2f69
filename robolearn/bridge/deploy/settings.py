"""Settings of the verb deploy."""

from dataclasses import dataclass
from typing import Final

from omegaconf import MISSING

from robolearn.checks import check_at_least, check_not_negative, check_positive
from robolearn.errors import unknown_name

TARGETS: Final = ("end_effector", "joints")
"""What an arm may be told."""


@dataclass
class DeploySettings:
    """`robolearn deploy`: a policy on a robot, with a safety layer between it and the motors.

    checkpoint: folder of a worker's policy for g1, of an assembly's for panda, or the run that trained it
    robot: which one, g1 or panda
    manager: folder of a manager's policy, with which a g1 follows /robolearn/hand_targets; null does without
    interface: network interface of the robot; lo, of this machine alone, is for a simulated one
    domain: of DDS, as ROS_DOMAIN_ID
    dds: Cyclone DDS's configuration in place of `interface`: XML, or a file:// URI
    dry_run: compute everything and command nothing
    heartbeat: stop when messages on /robolearn/heartbeat do; false for simulations only
    voltage: of the supply, below which the robot stops [V]; see `SafetySettings`
    record: keep every command and state in a bag under `out`
    priority: of the command loop under SCHED_FIFO, 0 to leave it to the system's scheduler
    seconds: end after this long, 0 to go on until interrupted [s]
    targets: what a panda is told, its end effector's pose or its joints: end_effector or joints
    lockstep: answer every state of a simulated panda once, however long that takes
    episodes: of a simulated panda to run as an evaluation of this seed does, 0 to wait for the operator
    seed: of a panda's policy and its episodes; without effect on a g1
    """

    checkpoint: str = MISSING
    robot: str = "g1"
    manager: str | None = None
    interface: str = "lo"
    domain: int = 0
    dds: str | None = None
    dry_run: bool = False
    heartbeat: bool = True
    voltage: float = 41.6
    record: bool = True
    priority: int = 0
    seconds: float = 0.0
    targets: str = "end_effector"
    lockstep: bool = False
    episodes: int = 0
    seed: int = 0
    out: str = "outputs/deploy"

    def check(self) -> None:
        """Raises UserError for values that make no sense."""
        check_at_least(0, domain=self.domain, priority=self.priority, episodes=self.episodes, seed=self.seed)
        if self.targets not in TARGETS:
            raise unknown_name("targets", self.targets, TARGETS)
        check_not_negative(voltage=self.voltage)
        if self.seconds:
            check_positive(seconds=self.seconds)
