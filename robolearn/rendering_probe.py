"""Whether this machine renders without a display: tried in a process of its own, which may crash or hang."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

BACKENDS = ("egl", "osmesa")

_REMEDIES = {
    "egl": "install EGL: apt install libegl1 libgl1-mesa-dri (Debian, Ubuntu)",
    "osmesa": "install OSMesa: apt install libosmesa6 (Debian, Ubuntu)",
}

_PROGRAM = """
import mujoco
model = mujoco.MjModel.from_xml_string(
    "<mujoco><worldbody><light pos='0 0 3'/><geom size='.5' rgba='1 0 0 1'/></worldbody></mujoco>"
)
data = mujoco.MjData(model)
mujoco.mj_forward(model, data)
with mujoco.Renderer(model, 32, 32) as renderer:
    renderer.update_scene(data)
    assert renderer.render().max() > 0, "the frame is black"
"""


@dataclass(frozen=True)
class Rendering:
    """Whether a frame was rendered with MUJOCO_GL=`backend`; `remedy` is empty when it was."""

    backend: str
    works: bool
    detail: str
    remedy: str


def probe_rendering(timeout_s: float = 20.0, backends: Sequence[str] = BACKENDS) -> list[Rendering]:
    """Render one frame with each backend, all at once; a backend that works makes the others needless."""
    running = [(backend, _start(backend)) for backend in backends]
    outcomes = [(backend, _outcome(process, timeout_s)) for backend, process in running]
    enough = any(not error for _, error in outcomes)
    return [
        Rendering(
            backend,
            not error,
            error or "a frame was rendered",
            "" if not error else "not needed: another backend works" if enough else _REMEDIES[backend],
        )
        for backend, error in outcomes
    ]


def _start(backend: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", _PROGRAM],
        env={**os.environ, "MUJOCO_GL": backend},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def _outcome(process: "subprocess.Popen[str]", timeout_s: float) -> str:
    """Empty for success, else the last line that says what went wrong."""
    try:
        _, messages = process.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return f"no frame within {timeout_s:.0f} s"
    if process.returncode == 0:
        return ""
    lines = [line.strip() for line in messages.splitlines() if line.strip()]
    failures = [line for line in lines if re.match(r"[\w.]*Error\b", line)]
    return (failures or lines or [f"exit status {process.returncode}"])[-1]
