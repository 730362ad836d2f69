"""Runs a policy through the bridge and writes what became of the episodes, as `robolearn eval` does."""

import sys
import time
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from envs.assembly.deployment import panda_profile
from envs.sim_robot.panda.rehearsal import ArmRehearsal
from robolearn.bridge.arm.profile import task_of
from robolearn.bridge.deploy.settings import TARGETS
from robolearn.checkpoint import load_checkpoint
from robolearn.checks import check_at_least
from robolearn.errors import UserError, refusing, unknown_name
from robolearn.evaluation.episode_table import EPISODES, write_episodes
from robolearn.evaluation.summary import summarise
from robolearn.overrides import chosen
from robolearn.policies.registry import build_policy
from robolearn.storage import write_json

DEFAULTS = {
    "checkpoint": "assets/checkpoints/one_leg_low_korr",
    "episodes": "100",
    "seed": "7",
    "targets": "end_effector",
    "out": "outputs/panda",
}


def main(arguments: list[str]) -> None:
    """Run, print and write `panda.json` and `episodes.parquet` in `out`, anew after every episode."""
    run = settings(arguments)
    checkpoint = load_checkpoint(run["checkpoint"])
    spec = task_of(checkpoint, panda_profile()).spec
    rehearsal = ArmRehearsal(
        build_policy(checkpoint), int(run["seed"]), int(run["episodes"]), run["targets"] == "joints"
    )
    examination, begin, record = rehearsal.examination, time.perf_counter(), {}
    with tqdm(total=examination.count, unit="episode") as bar:
        while not examination.done:
            rehearsal.tick()
            if len(examination.ended) > bar.n:
                bar.update()
                record = keep(rehearsal, run, spec.phases, time.perf_counter() - begin)
    low, high = record["success_ci95"]
    sys.stdout.write(f"success {record['success_rate']:.1%} ({low:.1%} to {high:.1%} at 95 %)\n")


def keep(
    rehearsal: ArmRehearsal, run: dict[str, str], phases: tuple[str, ...], seconds: float
) -> dict[str, Any]:
    """Write what is known so far; returns the record."""
    out, table = Path(run["out"]), rehearsal.examination.table()
    record: dict[str, Any] = run | summarise(table, phases)
    record["seconds"] = round(seconds, 1)
    record["refused"] = {reason.value: count for reason, count in rehearsal.robot.refused.items()}
    record["filtered"] = rehearsal.loop.pilot.filtered
    write_json(out / "panda.json", record)
    write_episodes(out / EPISODES, table, phases, {"run": run})
    return record


def settings(arguments: list[str]) -> dict[str, str]:
    """What is to be run. Raises UserError for a key that there is not."""
    found = chosen(arguments, DEFAULTS)
    for name in ("episodes", "seed"):
        if not found[name].isdigit():
            raise UserError(f"{name}={found[name]} is not valid: it takes a whole number")
    check_at_least(1, episodes=int(found["episodes"]))
    if found["targets"] not in TARGETS:
        raise unknown_name("targets", found["targets"], TARGETS)
    return found


if __name__ == "__main__":
    torch.set_num_threads(1)
    with refusing("panda_episodes"):
        main(sys.argv[1:])
