"""Runs robosuite's NutAssemblySquare without pictures, in robosuite's own environment: `worker.py SECONDS`.

Prints `ready` once everything is compiled and warm, waits for a line, measures, and prints as JSON how many
seconds it simulates in a wall second, and the versions.
"""

import json
import sys
import time
from importlib.metadata import version

import numpy as np
import robosuite

WARM_UP_STEPS = 100


def main(seconds: float) -> None:
    """Random actions and no resets, each of which rebuilds robosuite's model and would count against it."""
    environment = robosuite.make(
        "NutAssemblySquare",
        robots="Panda",
        has_renderer=False,
        has_offscreen_renderer=False,
        use_camera_obs=False,
        ignore_done=True,
    )
    environment.reset()
    generator = np.random.default_rng(0)
    low, high = environment.action_spec
    for _ in range(WARM_UP_STEPS):
        environment.step(generator.uniform(low, high))
    print("ready", flush=True)
    sys.stdin.readline()
    steps, begin = 0, time.perf_counter()
    while (wall := time.perf_counter() - begin) < seconds:
        environment.step(generator.uniform(low, high))
        steps += 1
    result = {
        "simulated_seconds_per_wall_second": steps / environment.control_freq / wall,
        "control_rate_hz": environment.control_freq,
        "timestep_s": environment.model_timestep,
        "robosuite": version("robosuite"),
        "mujoco": version("mujoco"),
    }
    print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main(float(sys.argv[1]))
