"""What differs from one G1 to the next: masses, friction, servos, delays (TrajBooster, B.7)."""

import math
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

from envs.humanoid.noise import StepNoise
from envs.humanoid.scene import FLOOR, GREATEST_DELAY
from envs.humanoid.streams import Stream
from envs.physics import Physics
from envs.robots.g1.constants import JOINTS, TORSO, WRISTS
from robolearn.counter_random import between, uniform
from robolearn.policies.worker.scaling import TORSO_COM_SCALE, TORSO_PAYLOAD_SCALE

Range = tuple[float, float]


@dataclass(frozen=True)
class Randomisation:
    """Ranges of uniform draws, one an episode.

    torso_payload, hand_payload: added masses [kg]
    torso_com: shift of the torso's centre of mass along each axis, both ways [m]
    link_mass: factor on every link's mass and inertia
    friction: of feet on the floor; published 0.1 to 3.0, of which PhysX takes the mean with the floor's 1.0
    stiffness, damping, strength: factors on the servos' gains and effort limits
    delay: of actions [physics steps]
    torque_offset: constant torque of every joint, as a share of its effort limit, both ways
    torque_noise: the same, drawn at every control step
    start_position: of joints at the start, both ways [rad]
    start_height: of the feet above the floor at the start [m]
    start_yaw: heading at the start, both ways [rad]
    """

    torso_payload: Range = (-5.0, 10.0)
    hand_payload: Range = (-0.1, 0.3)
    torso_com: float = 0.1
    link_mass: Range = (0.8, 1.2)
    friction: Range = (0.55, 2.0)
    stiffness: Range = (0.9, 1.1)
    damping: Range = (0.9, 1.1)
    strength: Range = (0.9, 1.0)
    delay: tuple[int, int] = (0, GREATEST_DELAY)
    torque_offset: float = 0.05
    torque_noise: float = 0.05
    start_position: float = 0.1
    start_height: float = 0.01
    start_yaw: float = math.pi


NOTHING: Final = Randomisation(
    torso_payload=(0.0, 0.0),
    hand_payload=(0.0, 0.0),
    torso_com=0.0,
    link_mass=(1.0, 1.0),
    friction=(1.0, 1.0),
    stiffness=(1.0, 1.0),
    damping=(1.0, 1.0),
    strength=(1.0, 1.0),
    delay=(0, 0),
    torque_offset=0.0,
    torque_noise=0.0,
    start_position=0.0,
    start_height=0.0,
    start_yaw=0.0,
)
"""Every robot is the nominal one."""


class Parameters:
    """Model fields with a value for each world, drawn anew for every episode."""

    def __init__(self, simulation: Physics, randomisation: Randomisation) -> None:
        self.randomisation = randomisation
        model, device = simulation.model, simulation.device
        self.simulation = simulation
        self._torso = int(model.body(TORSO).id)
        self._hands = [int(model.body(name).id) for name in WRISTS]
        self._floor = int(model.geom(FLOOR).id)
        self._motors = [int(model.actuator(name).id) for name in JOINTS]
        self._effort = torch.from_numpy(model.actuator_forcerange[self._motors, 1].copy()).float().to(device)
        self._links = slice(1, model.nbody)
        fields = ("body_mass", "body_inertia", "body_ipos", "geom_friction")
        fields += ("actuator_gainprm", "actuator_biasprm", "actuator_forcerange", "actuator_delay")
        self._fields = {name: simulation.expand(name) for name in fields}
        self._nominal = {name: value[0].clone() for name, value in self._fields.items()}
        self._noise = StepNoise(len(JOINTS), Stream.JOINT_TORQUE, device)
        self._offset = torch.zeros(simulation.num_worlds, len(JOINTS), device=device)
        self.summary = torch.zeros(simulation.num_worlds, len(SUMMARY), device=device)

    def draw(self, seeds: Tensor, worlds: Tensor, spread: Tensor) -> None:
        """Draw those of episodes `seeds` (K,) in the named worlds, (K,) int64.

        spread: (K,) in 0 to 1, how far from the nominal robot within the ranges
        """
        ranges, precision = self.randomisation, self._nominal["body_mass"].dtype
        spread = spread.to(precision)[:, None]
        bodies, motors = self.simulation.model.nbody - 1, len(JOINTS)
        shares = uniform(seeds, Stream.PARAMETERS, 0, 9 + bodies + 3 * motors).to(precision)
        torso, hands, com, friction, delay, strong, links, gains, offset = shares.split(
            (1, 2, 3, 1, 1, 1, bodies, 2 * motors, motors), dim=1
        )

        def factor(limits: Range, share: Tensor) -> Tensor:
            return 1.0 + spread * (between(*limits, share) - 1.0)

        payload = spread * between(*ranges.torso_payload, torso)
        hand_payload = spread * between(*ranges.hand_payload, hands)
        self._set_masses(worlds, factor(ranges.link_mass, links), payload, hand_payload)
        shift = spread * between(-ranges.torso_com, ranges.torso_com, com)
        self._fields["body_ipos"][worlds, self._torso] = self._nominal["body_ipos"][self._torso] + shift
        grip = factor(ranges.friction, friction)
        self._fields["geom_friction"][worlds, :, 0] = grip.expand(-1, self.simulation.model.ngeom)
        stiffness, damping = gains.chunk(2, dim=1)
        self._set_gains(worlds, factor(ranges.stiffness, stiffness), factor(ranges.damping, damping))
        strength = factor(ranges.strength, strong)[..., None]
        self._fields["actuator_forcerange"][worlds] = strength * self._nominal["actuator_forcerange"]
        late = (ranges.delay[0] + delay * (ranges.delay[1] - ranges.delay[0] + 1)).floor()
        self.simulation.delay_actions(worlds, late[:, 0])
        self._offset[worlds] = (spread * between(-ranges.torque_offset, ranges.torque_offset, offset)).float()
        self.summary[worlds] = torch.cat(
            (TORSO_PAYLOAD_SCALE * payload, TORSO_COM_SCALE * shift, grip, late / 3.0), 1
        ).float()
        self.simulation.set_const(worlds)

    def torques(self, seeds: Tensor, step: Tensor) -> Tensor:
        """Torques on the joints that no servo gave, (N, 29) [N m]."""
        width = self.randomisation.torque_noise
        return self._effort * (self._offset + width * self._noise.at(seeds, step))

    def _set_masses(self, worlds: Tensor, factor: Tensor, torso: Tensor, hands: Tensor) -> None:
        """factor: (K, B) of all links; torso (K, 1) and hands (K, 2): added [kg]."""
        nominal = self._nominal["body_mass"][self._links]
        mass = factor * nominal
        mass[:, self._torso - 1] += torso[:, 0]
        mass[:, [body - 1 for body in self._hands]] += hands
        mass = torch.maximum(mass, 0.1 * nominal)
        self._fields["body_mass"][worlds, self._links] = mass
        scale = (mass / nominal.clamp(min=1e-9))[..., None]
        self._fields["body_inertia"][worlds, self._links] = scale * self._nominal["body_inertia"][self._links]

    def _set_gains(self, worlds: Tensor, stiffness: Tensor, damping: Tensor) -> None:
        """Factors (K, 29) on the servos' stiffness and damping."""
        gain, bias = self._nominal["actuator_gainprm"], self._nominal["actuator_biasprm"]
        self._fields["actuator_gainprm"][worlds, :, 0] = stiffness * gain[:, 0]
        self._fields["actuator_biasprm"][worlds, :, 1] = stiffness * bias[:, 1]
        self._fields["actuator_biasprm"][worlds, :, 2] = damping * bias[:, 2]


SUMMARY: Final = ("torso_payload", "torso_com_x", "torso_com_y", "torso_com_z", "friction", "delay")
"""What a critic may know of a world's parameters, scaled to about one."""
