"""What a measurement ran on."""

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any


def hardware() -> dict[str, Any]:
    """Processor, cores that this process may use, and the versions that matter for speed."""
    return {
        "processor": _processor(),
        "logical_cores": os.cpu_count(),
        "usable_cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "mujoco": version("mujoco"),
        "torch": version("torch"),
    }


def _processor() -> str:
    """The model's name where Linux tells it, else what Python knows."""
    information = Path("/proc/cpuinfo")
    if information.is_file():
        for line in information.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
