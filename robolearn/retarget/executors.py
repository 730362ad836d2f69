"""Where groups of episodes are simulated: here, or on the machines of a Ray cluster."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from robolearn.errors import UserError
from robolearn.retarget.groups import Group, Outcome, retarget_group

Executor = Callable[[Sequence[Group], int], Iterator[list[Outcome]]]
"""Outcomes of groups, each when it is finished, in any order; the number is of processes at a time."""


def _local(groups: Sequence[Group], workers: int) -> Iterator[list[Outcome]]:
    return map(retarget_group, groups)


def _ray(groups: Sequence[Group], workers: int) -> Iterator[list[Outcome]]:
    """One task a group; no more are under way than there are processes, so that a driver's memory is bounded.

    Raises UserError where Ray is not installed.
    """
    ray = _imported_ray()
    count = workers or os.cpu_count() or 1
    address = os.environ.get("RAY_ADDRESS")
    options: dict[str, Any] = {"address": address} if address else {"num_cpus": count}
    ray.init(log_to_driver=False, include_dashboard=False, ignore_reinit_error=True, **options)
    remote = ray.remote(num_cpus=1, max_retries=3)(retarget_group)
    waiting, running = list(groups), []
    try:
        while waiting or running:
            while waiting and len(running) < count:
                running.append(remote.remote(waiting.pop(0)))
            ready, running = ray.wait(running, num_returns=1)
            yield ray.get(ready[0])
    finally:
        ray.shutdown()


def _imported_ray() -> Any:
    try:
        import ray
    except ImportError as error:
        raise UserError("executor=ray needs Ray: pip install 'robolearn[cluster]'") from error
    return ray


EXECUTORS: Final[Mapping[str, Executor]] = {"local": _local, "ray": _ray}
