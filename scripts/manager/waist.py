"""Errors of the hands on generated trajectories with the waist at rest, and with its joints taking part."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from tqdm import tqdm
from two_hands import TwoHands

from envs.humanoid.reach.references import Hands
from envs.humanoid.reach.sources import GeneratedSource
from envs.humanoid.scene import CONTROL_RATE
from envs.robots.g1.constants import ARM_JOINTS, WAIST_JOINTS
from envs.robots.g1.crouch import crouch_lean
from robolearn.environment import episode_seeds
from robolearn.errors import UserError, refusing
from robolearn.rotations import conjugate, matrix_from_quaternion, multiply, rotate

VARIANTS: Final[Mapping[str, tuple[str, ...]]] = {
    "arms alone": ARM_JOINTS,
    "with the waist's yaw": (WAIST_JOINTS[0], *ARM_JOINTS),
    "with all of the waist": (*WAIST_JOINTS, *ARM_JOINTS),
}

HEIGHT_EDGES: Final = (0.0, 0.4, 0.7, 1.0, 1.5)
"""Of the lower hand [m]."""

REACHED: Final = (0.01, np.deg2rad(5.0))
"""A control step counts as reached where both hands are nearer than this [m, rad]."""

RESTING: Final = Hands(
    torch.tensor([[0.22, 0.20, 0.80], [0.22, -0.20, 0.80]]), torch.tensor([[1.0, 0.0, 0.0, 0.0]] * 2)
)
"""Where hands begin, about as in the environment; references approach the trajectory from there."""

SEED: Final = 7


class Path(NamedTuple):
    """T control steps of both hands in the pelvis, positions [m], and the lower one above the floor [m]."""

    position: NDArray[np.float64]
    rotation: NDArray[np.float64]
    low: NDArray[np.float64]


def paths(count: int) -> Iterator[Path]:
    """Of generated trajectories, without walks; the pelvis exactly at its reference, leaning as it asks."""
    source = GeneratedSource(walks=0.0)
    for seed in episode_seeds(SEED, 0, count).tolist():
        reference = source(seed, RESTING)
        half = crouch_lean(reference.base[:, 3]) / 2
        zero = torch.zeros_like(half)
        back = conjugate(torch.stack((half.cos(), zero, half.sin(), zero), 1))[:, None].expand(-1, 2, -1)
        shift = reference.hands.position - reference.base[:, [0, 1, 3]][:, None]
        rotation = matrix_from_quaternion(multiply(back, reference.hands.quaternion))
        low = reference.hands.position[..., 2].amin(1)
        yield Path(rotate(back, shift).double().numpy(), rotation.double().numpy(), low.double().numpy())


def followed(solver: TwoHands, path: Path) -> NDArray[np.float64]:
    """Errors (T, 4): of both hands [m], then [rad]."""
    angles, errors = solver.natural.copy(), []
    for position, rotation in zip(path.position, path.rotation, strict=True):
        angles = solver.step(angles, position, rotation)
        way, turn = solver.errors(angles, position, rotation)
        errors.append(np.concatenate((np.linalg.norm(way, axis=1), np.linalg.norm(turn, axis=1))))
    return np.array(errors)


def _line(name: str, errors: NDArray[np.float64], low: NDArray[np.float64]) -> str:
    way, turn = errors[:, :2], errors[:, 2:]
    reached = (way.max(1) < REACHED[0]) & (turn.max(1) < REACHED[1])
    regions = np.digitize(low, HEIGHT_EDGES[1:-1])
    by_height = [
        f"{100 * way[regions == region].mean():.2f}" if (regions == region).any() else ""
        for region in range(len(HEIGHT_EDGES) - 1)
    ]
    cells = [name, f"{100 * way.mean():.2f}", f"{np.rad2deg(turn.mean()):.2f}", f"{reached.mean():.1%}"]
    return "| " + " | ".join([*cells, *by_height]) + " |"


def main(count: int) -> None:
    """Print the table."""
    torch.set_num_threads(1)
    followable = list(paths(count))
    low = np.concatenate([path.low for path in followable])
    edges = pairwise(HEIGHT_EDGES)
    titles = ["", "cm", "degrees", "both within 1 cm and 5 degrees"]
    titles += [f"cm, lower hand at {low_edge} to {high_edge} m" for low_edge, high_edge in edges]
    sys.stdout.write("| " + " | ".join(titles) + " |\n|" + "---|" * len(titles) + "\n")
    for name, joints in VARIANTS.items():
        solver = TwoHands(joints, 1.0 / CONTROL_RATE)
        errors = [followed(solver, path) for path in tqdm(followable, desc=name, leave=False, disable=None)]
        sys.stdout.write(_line(name, np.concatenate(errors), low) + "\n")
        sys.stdout.flush()


def _count(arguments: Sequence[str]) -> int:
    """The only argument, how many trajectories. Raises UserError for what is no such number."""
    given = " ".join(arguments) or "32"
    if not given.isdecimal() or int(given) == 0:
        raise UserError(f"cannot read '{given}': the argument is how many trajectories, such as 32")
    return int(given)


if __name__ == "__main__":
    with refusing("waist_reach"):
        main(_count(sys.argv[1:]))
