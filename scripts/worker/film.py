"""Films the worker on a fixed tour of what it is told: what a heat map of errors does not show."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import torch

from envs.humanoid.tasks import worker
from envs.humanoid.worker import WorkerEnvironment
from envs.registry import make_renderer
from robolearn.errors import UserError, refusing
from robolearn.evaluation.video import CAMERA, Frame, write_video
from robolearn.overrides import chosen
from robolearn.policies.policy import Policy
from robolearn.policies.registry import load_policy

DEFAULTS: Final = {
    "checkpoint": "assets/checkpoints/g1_worker",
    "randomness": "full",
    "seed": "7",
    "out": "outputs/worker.gif",
}

COMMANDS: Final = (
    (0.0, 0.0, 0.0, 0.74),
    (0.8, 0.0, 0.0, 0.74),
    (0.3, 0.0, 0.8, 0.74),
    (0.0, 0.0, 0.0, 0.35),
    (0.4, 0.2, 0.0, 0.64),
    (0.0, 0.0, 0.0, 0.74),
)
"""One after the other: stand, walk, turn, squat, walk crouched and sideways, stand."""

COMMAND_STEPS: Final = 160
"""Control steps of each command; the pushes, every 200, come at another place in each."""

EVERY: Final = 8
"""Control steps between two pictures."""

SIZE: Final = (400, 300)
SPEED: Final = 2.0
"""Times as fast as real time that it plays."""


def main(arguments: list[str]) -> None:
    """Film one robot and say whether it stood to the end."""
    run = chosen(arguments, DEFAULTS)
    if not run["seed"].isdigit():
        raise UserError(f"seed={run['seed']} is not valid: it takes a whole number")
    policy = load_policy(run["checkpoint"])
    environment = worker(1, randomness=run["randomness"], disturbance=True, num_threads=1)
    frames = film(environment, policy, int(run["seed"]))
    write_video(Path(run["out"]), frames, SPEED * environment.spec.control_rate_hz / EVERY)
    sys.stdout.write(f"{run['out']}: {'fell' if bool(environment.done.any()) else 'stood to the end'}\n")


def film(environment: WorkerEnvironment, policy: Policy, seed: int) -> Iterator[Frame]:
    """Pictures of an episode under `COMMANDS`, until it ends or falls."""
    renderer = make_renderer(environment, *SIZE, CAMERA)
    observation = environment.reset(torch.tensor([seed]))
    policy.reset(num_envs=1)
    for step in range(COMMAND_STEPS * len(COMMANDS)):
        environment.set_command(torch.tensor([COMMANDS[step // COMMAND_STEPS]]))
        observation = environment.step(policy.act(observation)).observation
        if step % EVERY == 0:
            yield renderer.render(0)
        if bool(environment.done.any()):
            break
    renderer.close()


if __name__ == "__main__":
    with refusing("film_worker"):
        main(sys.argv[1:])
