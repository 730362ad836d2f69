"""Memory that stays with the process after it was freed."""

import platform
import subprocess
import sys

import pytest

PROGRAM = """
import resource, sys, torch
from robolearn.allocation import keep_freed_memory
assert "keep" not in sys.argv or keep_freed_memory()
def resident():
    pages = int(open("/proc/self/statm").read().split()[1])
    return pages * resource.getpagesize() // 2**20
before = resident()
arrays = [torch.ones(2_000_000) for _ in range(25)]
del arrays
print(resident() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="it is glibc that is told")
def test_what_was_freed_stays_with_the_process() -> None:
    megabytes = [
        int(subprocess.run([sys.executable, "-c", PROGRAM, *args], capture_output=True, check=True).stdout)
        for args in ([], ["keep"])
    ]
    assert megabytes[0] < 60 and megabytes[1] > 150
