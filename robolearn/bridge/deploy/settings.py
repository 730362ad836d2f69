"""Settings of the verb deploy."""

from dataclasses import dataclass

from omegaconf import MISSING

from robolearn.checks import check_at_least, check_positive


@dataclass
class DeploySettings:
    """`robolearn deploy`: a worker's policy on a robot, with a safety layer between it and the motors.

    checkpoint: folder of a worker's policy, or the run that trained it
    robot: which one, such as g1
    interface: network interface of the robot; lo, of this machine alone, is for a simulated one
    domain: of DDS, as ROS_DOMAIN_ID
    dds: Cyclone DDS's configuration in place of `interface`: XML, or a file:// URI
    dry_run: compute everything and command nothing
    heartbeat: stop when messages on /robolearn/heartbeat do; false for simulations only
    voltage: of the supply, below which the robot stops [V]; see `SafetySettings`
    record: keep every command and state in a bag under `out`
    priority: of the command loop under SCHED_FIFO, 0 to leave it to the system's scheduler
    seconds: end after this long, 0 to go on until interrupted [s]
    seed: taken like every verb's, without effect
    """

    checkpoint: str = MISSING
    robot: str = "g1"
    interface: str = "lo"
    domain: int = 0
    dds: str | None = None
    dry_run: bool = False
    heartbeat: bool = True
    voltage: float = 41.6
    record: bool = True
    priority: int = 0
    seconds: float = 0.0
    seed: int = 0
    out: str = "outputs/deploy"

    def check(self) -> None:
        """Raises UserError for values that make no sense."""
        check_at_least(0, domain=self.domain, priority=self.priority)
        check_positive(voltage=self.voltage)
        if self.seconds:
            check_positive(seconds=self.seconds)
