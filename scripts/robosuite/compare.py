"""Measures one_leg and NutAssemblySquare by turns: `compare.py PYTHON [WORLDS] [SECONDS] [TURNS] [FILE]`.

PYTHON is the interpreter that has robosuite. robosuite runs alone and as one process a core; one_leg runs its
expert, restarts finished worlds, and has both on the clock.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from envs.registry import make_environment, make_expert
from robolearn.environment import episode_seeds
from robolearn.evaluation.hardware import hardware
from robolearn.storage import write_json

WORKER = Path(__file__).with_name("worker.py")
SINGLE_THREADED = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
SEED = 7
WARM_UP_STEPS = 300
"""Control steps after which the worlds are spread over the stages of the task."""


class OneLeg:
    """Worlds of one_leg with their expert, episode after episode."""

    def __init__(self, worlds: int) -> None:
        self._environment = make_environment("one_leg", worlds)
        self._expert = make_expert(self._environment)
        self._begun = 0
        self._observation = self._begin(torch.arange(worlds))
        for _ in range(WARM_UP_STEPS):
            self._step()

    def measure(self, seconds: float) -> float:
        """Simulated seconds a wall second, all worlds together."""
        steps, begin = 0, time.perf_counter()
        while (wall := time.perf_counter() - begin) < seconds:
            self._step()
            steps += self._environment.num_envs
        return steps / self._environment.spec.control_rate_hz / wall

    def _step(self) -> None:
        transition = self._environment.step(self._expert.act(self._observation))
        finished = transition.done.nonzero().squeeze(-1)
        self._observation = self._begin(finished) if len(finished) else transition.observation

    def _begin(self, worlds: Tensor) -> Tensor:
        seeds = episode_seeds(SEED, self._begun, len(worlds))
        self._begun += len(worlds)
        self._expert.reset(seeds, worlds)
        return self._environment.reset(seeds, worlds)


def measure_robosuite(python: str, processes: int, seconds: float) -> list[dict[str, Any]]:
    """What each of so many workers, which run at the same time, reports."""
    workers = [
        subprocess.Popen(
            [python, str(WORKER), str(seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **SINGLE_THREADED},
            text=True,
        )
        for _ in range(processes)
    ]
    for worker in workers:
        assert worker.stdout is not None
        if not any(line == "ready\n" for line in worker.stdout):
            raise SystemExit(f"robosuite does not run here: try {python} {WORKER} 1")
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    return [json.loads(worker.communicate()[0]) for worker in workers]


def main(
    python: str,
    worlds: str = "256",
    seconds: str = "20",
    turns: str = "3",
    out: str = "outputs/benchmark_robosuite.json",
) -> None:
    """Measure, print, and write the record."""
    cores, busy_before = len(os.sched_getaffinity(0)), os.getloadavg()[0]
    one_leg = OneLeg(int(worlds))
    rates: dict[str, list[float]] = {"one_leg": [], "robosuite_one_process": [], "robosuite_all_cores": []}
    details: dict[str, Any] = {}
    for _ in range(int(turns)):
        rates["one_leg"].append(one_leg.measure(float(seconds)))
        for name, processes in (("robosuite_one_process", 1), ("robosuite_all_cores", cores)):
            details, *others = measure_robosuite(python, processes, float(seconds))
            reports = [details, *others]
            rates[name].append(sum(report.pop("simulated_seconds_per_wall_second") for report in reports))
    means = {name: statistics.mean(values) for name, values in rates.items()}
    record = {
        "simulated_seconds_per_wall_second": means,
        "ratio": means["one_leg"] / means["robosuite_one_process"],
        "ratio_all_cores": means["one_leg"] / means["robosuite_all_cores"],
        "turns": rates,
        "seconds_of_each_turn": float(seconds),
        "one_leg_worlds": int(worlds),
        "load_average_before": busy_before,
        "robosuite": details,
        "hardware": hardware(),
    }
    write_json(Path(out), record)
    sys.stdout.write(f"{json.dumps(record, indent=2)}\n  {out}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
