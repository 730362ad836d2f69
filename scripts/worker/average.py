"""The mean of several workers that were trained on from the same one, as a checkpoint."""

import sys
from pathlib import Path
from typing import Final

from robolearn.checkpoint import load_checkpoint
from robolearn.errors import UserError, refusing
from robolearn.overrides import chosen
from robolearn.policies.registry import KINDS, build_policy, save_policy
from robolearn.policies.worker.averaging import mean_worker
from robolearn.policies.worker.worker_policy import WorkerPolicy

DEFAULTS: Final = {
    "checkpoints": "assets/checkpoints/g1_worker_punched,assets/checkpoints/g1_worker_calm",
    "out": "outputs/average",
}
"""The first two of which a mean was shipped; see `docs/worker.md`."""


def main(arguments: list[str]) -> None:
    """Write the mean of the checkpoints, whose folders are apart by commas."""
    run = chosen(arguments, DEFAULTS)
    checkpoints = [load_checkpoint(path, KINDS) for path in run["checkpoints"].split(",") if path]
    policies = map(build_policy, checkpoints)
    workers = [policy for policy in policies if isinstance(policy, WorkerPolicy)]
    if len(workers) < len(checkpoints):
        raise UserError(f"checkpoints={run['checkpoints']} are not all workers: a mean is one of workers")
    mean = mean_worker(workers)
    metrics = {"mean_of": [checkpoint.identity for checkpoint in checkpoints]}
    save_policy(Path(run["out"]), mean, mean.spec, metrics)
    sys.stdout.write(f"{run['out']}: the mean of {len(workers)} workers\n")


if __name__ == "__main__":
    with refusing("average_workers"):
        main(sys.argv[1:])
