"""Measures what a worker's model card says beside `robolearn eval`, a line for each figure."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import torch
from probes import HEIGHTS, TOLD, Probe

from robolearn.errors import UserError, refusing, unknown_name
from robolearn.overrides import chosen
from robolearn.policies.registry import load_policy
from robolearn.storage import write_json

DEFAULTS: Final = {
    "checkpoint": "assets/checkpoints/g1_worker",
    "parts": "standing,told,punched",
    "episodes": "32",
    "seed": "7",
    "out": "outputs/measure_worker.json",
}


def main(arguments: list[str]) -> None:
    """Measure the parts, print what comes of each, and keep it all in `out`."""
    run = chosen(arguments, DEFAULTS)
    parts = [part for part in run["parts"].split(",") if part]
    for part in parts:
        if part not in PARTS:
            raise unknown_name("part", part, PARTS)
    probe = Probe(load_policy(run["checkpoint"]), _whole(run, "seed"), max(1, _whole(run, "episodes")))
    found: dict[str, list[dict[str, Any]]] = {}
    with torch.inference_mode():
        for part in parts:
            found[part] = []
            for figures in PARTS[part](probe):
                sys.stdout.write(json.dumps(figures) + "\n")
                sys.stdout.flush()
                found[part].append(figures)
    write_json(Path(run["out"]), {"checkpoint": run["checkpoint"], "seed": probe.seed, **found})


def _whole(run: Mapping[str, str], name: str) -> int:
    if not run[name].isdigit():
        raise UserError(f"{name}={run[name]} is not valid: it takes a whole number")
    return int(run[name])


def _standing(probe: Probe) -> Iterator[dict[str, Any]]:
    for arms in (False, True):
        for height in HEIGHTS:
            yield probe.standing(height, arms)


PARTS: Final[Mapping[str, Callable[[Probe], Iterator[dict[str, Any]]]]] = {
    "standing": _standing,
    "told": lambda probe: map(probe.told, TOLD),
    "punched": lambda probe: map(probe.punched, ("none", "full")),
}


if __name__ == "__main__":
    with refusing("measure_worker"):
        main(sys.argv[1:])
