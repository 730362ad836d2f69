"""One worker of several that were trained on from the same one: the mean of their weights."""

import copy
from collections.abc import Sequence

import torch

from robolearn.errors import UserError
from robolearn.policies.worker.worker_policy import WorkerPolicy


def mean_worker(workers: Sequence[WorkerPolicy]) -> WorkerPolicy:
    """The worker whose weights are the mean of `workers`' (Wortsman et al., ICML 2022, "model soups").

    Only workers whose trainings began from the same weights have such a mean: units of others differ.
    Raises UserError for workers of other joints, networks or postures than the first.
    """
    first = workers[0]
    if any((other.config, other.spec) != (first.config, first.spec) for other in workers[1:]):
        raise UserError("these workers' joints, networks or postures differ: a mean takes the same ones")
    mean = copy.deepcopy(first)
    states = [worker.state_dict() for worker in workers]
    mean.load_state_dict(
        {name: torch.stack([state[name].double() for state in states]).mean(0) for name in states[0]}
    )
    return mean
