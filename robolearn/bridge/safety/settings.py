"""When a robot is stopped."""

from dataclasses import dataclass

from robolearn.checks import check_not_negative, check_positive


@dataclass(frozen=True)
class SafetySettings:
    """Thresholds of the state machine, each with where it is from.

    Raises UserError unless all are above 0, of the voltage unless it is at least 0.

    tick: between two ticks [s]; chosen: a robot that was told nothing for so long is no longer where it was
    state_age: of the robot's last message [s]; chosen: 20 messages of its 500 a second, a tenth of a fall
    policy_age: of the policy's last action [s]; chosen: three periods of a policy of 50 Hz, so that two late
        actions in a row pass
    heartbeat_age: of the operator's last sign of life [s]; chosen: five of a tenth of a second each
    tilt: of the pelvis from upright [rad]; that of Unitree's own deployment (unitree_rl_mjlab)
    temperature: of the hottest motor [degrees Celsius]; chosen, since no limit is published: windings and
        magnets commonly bear 100
    voltage: of the supply, at least [V]; chosen: 3.2 for each of 13 cells (rated 46.8, charged to 54.6: the
        manual of the G1's battery), below which it falls fast; 0 for a simulation without one
    stand_time: from the measured posture to the standing one [s]; chosen between Unitree's 2 and lerobot's 3
    hold_fault_time: that the robot holds still while what is wrong goes on [s]; chosen: long enough for
        messages to come back, short enough to be braked before a fall ends
    hold_time: that it holds still for the operator to make it stand [s]; chosen: a held posture does not
        balance
    damp_time: that joints are braked before a program may end [s]; chosen: a G1 has sunk down by then
    """

    tick: float = 0.5
    state_age: float = 0.04
    policy_age: float = 0.06
    heartbeat_age: float = 0.5
    tilt: float = 1.0
    temperature: float = 85.0
    voltage: float = 41.6
    stand_time: float = 2.5
    hold_fault_time: float = 0.5
    hold_time: float = 3.0
    damp_time: float = 3.0

    def __post_init__(self) -> None:
        check_not_negative(voltage=self.voltage)
        check_positive(**{name: value for name, value in vars(self).items() if name != "voltage"})
