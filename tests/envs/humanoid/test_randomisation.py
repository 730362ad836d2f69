"""What differs from one robot to the next."""

import torch

from envs.humanoid.randomisation import NOTHING, Parameters, Randomisation
from envs.humanoid.scene import SUBSTEPS, g1_scene
from envs.robots.g1.constants import TORSO, WRISTS
from envs.simulation import Simulation
from robolearn.environment import episode_seeds

WORLDS = 64
MODEL = g1_scene().compile()
SEEDS = episode_seeds(2, 0, WORLDS)


def drawn(randomisation: Randomisation) -> Parameters:
    parameters = Parameters(Simulation(MODEL, WORLDS, 1, SUBSTEPS), randomisation)
    parameters.draw(SEEDS, torch.arange(WORLDS), torch.ones(WORLDS))
    return parameters


def fields(parameters: Parameters) -> dict[str, torch.Tensor]:
    assert isinstance(parameters.simulation, Simulation)
    batch = parameters.simulation.batch
    names = ("body_mass", "geom_friction", "actuator_gainprm", "actuator_biasprm", "actuator_delay")
    return {name: torch.from_numpy(batch.expand(name).copy()) for name in names}


def test_nothing_is_the_nominal_robot() -> None:
    parameters = drawn(NOTHING)
    for name, value in fields(parameters).items():
        if name == "geom_friction":
            assert value[..., 0].unique().tolist() == [1.0]
        else:
            nominal = torch.from_numpy(getattr(MODEL, name).copy())
            torch.testing.assert_close(value, nominal.expand_as(value))
    assert not parameters.torques(SEEDS, torch.zeros(WORLDS, dtype=torch.int64)).any()


def test_draws_lie_in_their_ranges() -> None:
    found = fields(drawn(Randomisation()))
    stiffness = found["actuator_gainprm"][..., 0] / torch.from_numpy(MODEL.actuator_gainprm[:, 0])
    assert 0.9 <= float(stiffness.min()) < 0.92 and 1.08 < float(stiffness.max()) <= 1.1
    torch.testing.assert_close(
        found["actuator_biasprm"][..., 1], -found["actuator_gainprm"][..., 0], msg="stiffness acts both ways"
    )
    friction = found["geom_friction"][..., 0]
    assert float(friction.min()) >= 0.55 and float(friction.max()) <= 2.0
    assert torch.equal(friction.amin(1), friction.amax(1)), "feet and floor have the same"
    late = (found["actuator_delay"] / MODEL.opt.timestep).round()
    assert late.unique().tolist() == [0.0, 1.0, 2.0, 3.0]
    mass = found["body_mass"]
    nominal = torch.from_numpy(MODEL.body_mass)
    plain = [i for i in range(1, MODEL.nbody) if MODEL.body(i).name not in (TORSO, *WRISTS)]
    factor = mass[:, plain] / nominal[plain]
    assert float(factor.min()) >= 0.8 and float(factor.max()) <= 1.2
    torso = mass[:, MODEL.body(TORSO).id] - nominal[MODEL.body(TORSO).id]
    assert -7.0 < float(torso.min()) < -1.0 and 6.0 < float(torso.max()) < 12.0


def test_a_delayed_action_moves_nothing_before_its_time() -> None:
    simulation = Simulation(MODEL, 2, 1, SUBSTEPS)
    parameters = Parameters(simulation, NOTHING)
    worlds = torch.arange(2)
    parameters.draw(SEEDS[:2], worlds, torch.ones(2))
    simulation.reset(worlds)
    simulation.view("qpos")[:, 2] = 2.0
    simulation.delay_actions(worlds, torch.tensor([0, 3]))
    simulation.forward(worlds)
    simulation.view("ctrl")[:, 20] = 0.5
    moved = []
    for _ in range(4):
        simulation.step(worlds, 1)
        moved.append((simulation.view("qvel")[:, 26].abs() > 1e-2).tolist())
    assert moved[0] == [True, False] and moved[2] == [True, False] and moved[3] == [True, True]


def test_torques_are_an_offset_and_noise() -> None:
    parameters = drawn(Randomisation(torque_offset=0.05, torque_noise=0.0))
    first, second = (parameters.torques(SEEDS, torch.full((WORLDS,), step)) for step in (0, 1))
    assert torch.equal(first, second) and float(first.abs().max()) <= 0.05 * 139.0
    noisy = drawn(Randomisation(torque_offset=0.0))
    first, second = (noisy.torques(SEEDS, torch.full((WORLDS,), step)) for step in (0, 1))
    assert not torch.equal(first, second)
