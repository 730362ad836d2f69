"""Writes generated episodes in the layout of AgiBot World.

Equal settings give equal bytes, however often the run was killed: an episode depends on its number alone,
its file appears whole, and one that is there is not written again.
"""

import sys
from pathlib import Path
from typing import Any, Final

from tqdm import tqdm

from robolearn.checks import check_at_least
from robolearn.data.staging import require_same_settings
from robolearn.errors import UserError
from robolearn.retarget.generator.agibot_files import proprioception_bytes, task_list
from robolearn.retarget.generator.episode import Script, perform, write_script
from robolearn.retarget.generator.pictures import CAMERA, head_pictures
from robolearn.retarget.generator.settings import GenerateSettings
from robolearn.retarget.generator.summary import Summary, describe
from robolearn.retarget.generator.tasks.table import TASKS
from robolearn.retarget.sources import agibot_layout as layout
from robolearn.retarget.trajectory import HandTrajectory
from robolearn.storage import disk_errors, read_json, write_bytes, write_json

RECORD: Final = "generate.json"
_DETERMINING = ("n_episodes", "video", "seed")
_SEEDS = 1 << 64


def generate(settings: GenerateSettings) -> dict[str, Any]:
    """Write what is missing of the episodes into `settings.out`; returns what `generate.json` says of them.

    Raises UserError for settings that make no sense, or differ from those of the episodes in `out`, and
    StorageError when the disk refuses; what was finished by then stays.
    """
    check_at_least(1, n_episodes=settings.n_episodes)
    if not 0 <= settings.seed < _SEEDS:
        raise UserError(f"seed={settings.seed} is not valid: it takes 0 to 2**64 - 1")
    out = Path(settings.out)
    determining = {name: getattr(settings, name) for name in _DETERMINING}
    _claim(out, determining)
    scripts, summary = [], Summary()
    for index in tqdm(range(settings.n_episodes), desc="generate", unit="episode", disable=None, leave=False):
        script = write_script(settings.seed, index)
        trajectory = perform(script)
        _write_missing(out, script, trajectory, settings.video)
        scripts.append(script)
        summary.add(script, trajectory)
    for task in TASKS:
        listed = [script for script in scripts if script.task is task]
        if listed:
            write_bytes(layout.task_file(out, str(task.number)), task_list(listed))
    record = determining | summary.to_json()
    write_json(out / RECORD, record)
    sys.stdout.write(f"{describe(record)}\n  {out / RECORD}\n")
    return record


def _claim(out: Path, determining: dict[str, Any]) -> None:
    """Begin in a new folder, or go on in one of the same settings; what a kill left half written goes."""
    if (out / RECORD).is_file():
        require_same_settings(out, read_json(out / RECORD), determining)
    elif (out / layout.PROPRIOCEPTION).exists():
        raise UserError(f"{out} already holds '{layout.PROPRIOCEPTION}': choose another out, or remove it")
    else:
        write_json(out / RECORD, determining)
    with disk_errors(out):
        for path in list(out.rglob(".*.tmp")):
            path.unlink()


def _write_missing(out: Path, script: Script, trajectory: HandTrajectory, video: bool) -> None:
    task, episode = script.name.split("/")
    file = layout.proprioception_file(out, task, episode)
    if file.is_file():
        return
    if video:
        from robolearn.data.video import film

        mp4 = film(head_pictures(trajectory), trajectory.rate).mp4
        write_bytes(layout.video_folder(out, task, episode) / f"{CAMERA}.mp4", mp4)
    # It comes last: an episode with this file is finished.
    write_bytes(file, proprioception_bytes(trajectory))
