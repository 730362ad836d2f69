"""Where groups of episodes are simulated: in processes here, or on the machines of a Ray cluster."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import Any, Final

from robolearn.errors import UserError
from robolearn.retarget.groups import Group, Outcome, retarget_group
from robolearn.side_by_side import processes_beside

Executor = Callable[[Sequence[Group], int], Iterator[list[Outcome]]]
"""Outcomes of groups, each when it is finished, in any order; the number is of processes at a time.

No more groups are under way than there are processes, so that memory is bounded.
"""


def processes(workers: int, groups: int) -> int:
    """That run at a time for `workers`, where 0 is one a core."""
    return max(1, min(workers or os.cpu_count() or 1, groups))


def _local(groups: Sequence[Group], workers: int) -> Iterator[list[Outcome]]:
    """In this process where one is enough: another one takes seconds to begin."""
    count = processes(workers, len(groups))
    if count == 1:
        yield from map(retarget_group, groups)
        return
    with processes_beside(count) as pool:
        waiting, running = list(groups), set[Future[list[Outcome]]]()
        while waiting or running:
            while waiting and len(running) < count:
                running.add(pool.submit(retarget_group, waiting.pop(0)))
            ready, running = wait(running, return_when=FIRST_COMPLETED)
            for each in ready:
                yield each.result()


def _ray(groups: Sequence[Group], workers: int) -> Iterator[list[Outcome]]:
    """One task a group. Raises UserError where Ray is not installed."""
    ray = _imported_ray()
    count = processes(workers, len(groups))
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
