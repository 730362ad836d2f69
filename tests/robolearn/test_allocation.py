"""Memory that stays with the process, told by the pages that it has to ask for."""

import platform
import subprocess
import sys

import pytest

PROGRAM = """
import resource, sys, torch
from robolearn.allocation import keep_freed_memory
assert "keep" not in sys.argv or keep_freed_memory()
value = torch.ones(2048, 1000)
def work():
    for _ in range(5):
        twice = 2.0 * value.roll(1, 1)
        torch.cat((twice, twice[:, :500] + 1.0), 1)
work()
work()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
work()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="it is glibc that is told")
def test_arrays_that_are_made_again_and_again_cost_no_page_faults() -> None:
    faults = [
        int(subprocess.run([sys.executable, "-c", PROGRAM, *args], capture_output=True, check=True).stdout)
        for args in ([], ["keep"])
    ]
    assert faults[1] < 200 < faults[0]
