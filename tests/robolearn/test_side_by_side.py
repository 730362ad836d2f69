"""Processes beside this one give their results and errors, and end with it."""

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor

import pytest

from robolearn.errors import UserError
from robolearn.side_by_side import processes_beside


def refuse(name: str) -> None:
    raise UserError(f"{name} is not valid")


def test_results_and_errors_come_back() -> None:
    with processes_beside(1) as pool:
        assert pool.submit(divmod, 7, 2).result() == (3, 1)
        with pytest.raises(UserError, match="pelvis is not valid"):
            pool.submit(refuse, "pelvis").result()


def test_they_end_when_the_block_raises_whatever_they_do() -> None:
    def interrupted(pool: ProcessPoolExecutor) -> None:
        pool.submit(divmod, 7, 2).result()
        pool.submit(time.sleep, 600.0)
        raise KeyboardInterrupt

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt), processes_beside(1) as pool:
        interrupted(pool)
    assert time.monotonic() - began < 60.0
    assert not multiprocessing.active_children()
