"""`robolearn doctor`: what this machine has, and one line on how to mend each thing that is missing."""

import ctypes
import importlib.util
import os
import platform
import shutil
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from robolearn.paths import cache_directory
from robolearn.rendering_probe import Rendering, probe_rendering
from robolearn.storage import write_json

_GIBIBYTE = 2**30
_DISK_WANTED_GIB = 5.0
"""What demonstrations, checkpoints and videos of a few runs take."""


@dataclass
class DoctorSettings:
    """`robolearn doctor`: what this machine has.

    out: folder for `doctor.json`, null for none
    seed: taken like every verb's, without effect
    """

    out: str | None = None
    seed: int = 0


@dataclass(frozen=True)
class Finding:
    """One thing that was looked for.

    present: it is there and works
    detail: what it is, or what is wrong
    remedy: how to mend it; empty when present
    """

    name: str
    present: bool
    detail: str
    remedy: str = ""


def doctor(settings: DoctorSettings) -> list[Finding]:
    """Look, print the findings, and write them to `doctor.json` in `out`."""
    findings = list(examine())
    sys.stdout.write(_as_text(findings))
    if settings.out is not None:
        value = {finding.name: asdict(finding) for finding in findings}
        write_json(Path(settings.out) / "doctor.json", value)
    return findings


def examine() -> Iterable[Finding]:
    """Everything that is looked for, in the order that it is shown."""
    yield Finding("python", True, f"{platform.python_version()} on {platform.platform(terse=True)}")
    yield _processor()
    yield _memory()
    yield _gpu()
    yield _package("mujoco", "MuJoCo", "pip install 'mujoco>=4.0.0,<5'")
    yield _package("torch", "PyTorch", "pip install torch")
    yield from (_rendering(found) for found in probe_rendering())
    yield _display()
    yield _package("av", "video encoding (FFmpeg)", "pip install av")
    yield _package("cyclonedds", "DDS", "pip install 'robolearn[bridge]' (only for a robot on the network)")
    yield _package("wandb", "Weights & Biases", "pip install wandb (runs are logged locally all the same)")
    yield _disk(Path.cwd(), "disk of the working directory")
    yield _disk(cache_directory(), "disk of the cache")


def _processor() -> Finding:
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return Finding("cores", True, f"{usable} usable of {os.cpu_count()} ({platform.machine()})")


def _memory() -> Finding:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _GIBIBYTE
    remedy = "" if total >= 4.0 else "use fewer worlds: num_envs=32"
    return Finding("memory", not remedy, f"{total:.1f} GiB", remedy)


def _gpu() -> Finding:
    """CUDA devices by the driver's own count, without the seconds that importing torch takes."""
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return Finding("gpu", False, "no CUDA driver", "not needed; for a GPU install NVIDIA's driver")
    count = ctypes.c_int(0)
    if driver.cuInit(0) != 0 or driver.cuDeviceGetCount(ctypes.byref(count)) != 0 or count.value == 0:
        return Finding(
            "gpu", False, "a CUDA driver but no device", "check `nvidia-smi` and the container's GPU flags"
        )
    name = ctypes.create_string_buffer(100)
    driver.cuDeviceGetName(name, len(name), 0)
    detail = f"{count.value} x {name.value.decode()}"
    if (_installed("torch") or "").endswith("+cpu"):
        return Finding(
            "gpu", False, f"{detail}, but torch is built for the CPU", "install torch's CUDA build"
        )
    return Finding("gpu", True, detail)


def _rendering(found: Rendering) -> Finding:
    return Finding(f"rendering with {found.backend}", found.works, found.detail, found.remedy)


def _display() -> Finding:
    name = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY")
    if name or sys.platform == "darwin":
        return Finding("display", True, name or "macOS")
    return Finding("display", False, "none", "not needed: `robolearn view` serves a page for a browser")


def _package(module: str, what: str, remedy: str) -> Finding:
    found = importlib.util.find_spec(module) is not None
    detail = f"{module} {_installed(module) or ''}".strip()
    return Finding(what, True, detail) if found else Finding(what, False, f"no {module}", remedy)


def _installed(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _disk(path: Path, name: str) -> Finding:
    existing = next(folder for folder in (path, *path.parents) if folder.exists())
    free = shutil.disk_usage(existing).free / _GIBIBYTE
    if not os.access(existing, os.W_OK):
        return Finding(name, False, f"{existing} is read-only", "choose another folder with out=DIR")
    remedy = (
        "" if free >= _DISK_WANTED_GIB else f"free some space: {_DISK_WANTED_GIB:.0f} GiB are comfortable"
    )
    return Finding(name, not remedy, f"{free:.1f} GiB free at {existing}", remedy)


def _as_text(findings: list[Finding]) -> str:
    width = max(len(finding.name) for finding in findings)
    lines = []
    for finding in findings:
        lines.append(f"{'ok ' if finding.present else ' - '} {finding.name:{width}}  {finding.detail}")
        if finding.remedy:
            lines.append(f"    {'':{width}}  -> {finding.remedy}")
    return "\n".join(lines) + "\n"
