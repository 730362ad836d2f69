"""Trains and evaluates the rows of the table of managers: the same budget, the same trajectories."""

import logging
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from omegaconf import OmegaConf
from rows import COMPARED, ROWS

from robolearn.checkpoint import load_checkpoint
from robolearn.checks import check_at_least
from robolearn.data.staging import require_same_settings
from robolearn.errors import StorageError, UserError, unknown_name
from robolearn.overrides import assign, parse
from robolearn.paths import shipped_checkpoint
from robolearn.settings_help import table as settings_table
from robolearn.storage import read_json, write_bytes, write_json
from robolearn.training.session import STATE, SUMMARY

SETTINGS: Final = "settings.json"
_FREE: Final = ("rows", "num_threads", "out")
"""Settings that a table may go on with differently."""

_FIGURES: Final = (
    ("hand_position_error_m", 100.0, "cm"),
    ("hand_orientation_error_deg", 1.0, "degrees"),
    ("heading_error_deg", 1.0, "degrees"),
)
"""Entries of `eval.json`, what to show them in."""

logger = logging.getLogger("manager_table")


@dataclass
class TableSettings:
    """The table of managers.

    rows: to make now; the table shows all that are done
    steps: control steps of all worlds together that every training may take, whatever the algorithm
    num_envs: worlds that train together
    train_seed: of every training
    n_episodes, seed: of every evaluation, so that all meet the same trajectories
    num_threads: of the processor (0: one a core)
    """

    rows: list[str] = field(default_factory=lambda: list(COMPARED))
    steps: int = 900_000
    num_envs: int = 256
    train_seed: int = 0
    n_episodes: int = 500
    seed: int = 7
    num_threads: int = 0
    out: str = "outputs/manager_table"


class Table:
    """A folder with a run and an evaluation for each row."""

    def __init__(self, settings: TableSettings) -> None:
        """Raises UserError for settings that make no sense, or differ from those of the folder's table."""
        if not settings.rows:
            raise UserError(f"rows=[] is not valid: it takes one or more of {', '.join(ROWS)}")
        for name in settings.rows:
            if name not in ROWS:
                raise unknown_name("row", name, ROWS)
        check_at_least(1, steps=settings.steps, num_envs=settings.num_envs, n_episodes=settings.n_episodes)
        self.settings, self.out = settings, Path(settings.out)
        determining = {name: value for name, value in asdict(settings).items() if name not in _FREE}
        # Another worker makes other episodes: its figures do not belong in the same table.
        determining["worker"] = load_checkpoint(shipped_checkpoint("g1_worker")).identity
        if (self.out / SETTINGS).is_file():
            require_same_settings(self.out, read_json(self.out / SETTINGS), determining, "a table")
        else:
            write_json(self.out / SETTINGS, determining)

    def make(self) -> None:
        """Do what is missing of each row, and write the table after each."""
        for name in self.settings.rows:
            if ROWS[name].experiment is not None and not self._trained(name):
                self._train(name)
            if not self._evaluated(name):
                self._evaluate(name)
            self.write()

    def _run(self, name: str) -> Path:
        return self.out / "train" / name

    def _evaluation(self, name: str) -> Path:
        return self.out / "eval" / name

    def _trained(self, name: str) -> bool:
        return (self._run(name) / SUMMARY).is_file()

    def _evaluated(self, name: str) -> bool:
        """Whether its evaluation is of what it is now."""
        record = self._evaluation(name) / "eval.json"
        if not record.is_file():
            return False
        if ROWS[name].experiment is None:
            return True
        return read_json(record)["controller"]["identity"] == load_checkpoint(self._run(name)).identity

    def _train(self, name: str) -> None:
        settings, run = self.settings, self._run(name)
        arguments = [f"experiment={ROWS[name].experiment}", f"out={run}", f"total_steps={settings.steps}"]
        arguments += ["minutes=0", f"num_envs={settings.num_envs}", f"seed={settings.train_seed}"]
        if (run / STATE).exists():
            arguments = [f"resume={run}"]
        _robolearn("train", *arguments, f"num_threads={settings.num_threads}", "wandb=disabled")

    def _evaluate(self, name: str) -> None:
        settings, row = self.settings, ROWS[name]
        actor = f"checkpoint={self._run(name)}" if row.teacher is None else f"teacher={row.teacher}"
        arguments = [actor, "task=g1_reach", f"n_episodes={settings.n_episodes}", f"seed={settings.seed}"]
        _robolearn("eval", *arguments, f"num_threads={settings.num_threads}", f"out={self._evaluation(name)}")

    def write(self) -> None:
        """`table.json` and `table.md` of the rows that are done."""
        done = {name: self._record(name) for name in ROWS if (self._evaluation(name) / "eval.json").is_file()}
        write_json(self.out / "table.json", {"settings": read_json(self.out / SETTINGS), "rows": done})
        write_bytes(self.out / "table.md", markdown(done).encode())

    def _record(self, name: str) -> dict[str, Any]:
        record = read_json(self._evaluation(name) / "eval.json")
        trained = read_json(self._run(name) / SUMMARY) if ROWS[name].experiment is not None else {}
        progress = {f"trained_{key}": trained[key] for key in ("steps", "minutes") if key in trained}
        return {"label": ROWS[name].label, **progress, **record}


def markdown(records: Mapping[str, dict[str, Any]]) -> str:
    """The table, a line for each record, with 95 % intervals."""
    titles = ["", "completed", "hands", "orientation", "heading", "lost a hand", "fell", "trained"]
    lines = ["| " + " | ".join(titles) + " |", "|" + "---|" * len(titles)]
    for record in records.values():
        low, high = record["completion_ci95"]
        cells = [record["label"], f"{record['completion_rate']:.1%} ({100 * low:.1f} to {100 * high:.1f})"]
        cells += [_with_interval(record, name, factor, unit) for name, factor, unit in _FIGURES]
        failed = {phase["name"]: phase["failed_here"] / record["n_episodes"] for phase in record["phases"]}
        cells += [f"{failed['lost']:.1%}", f"{failed['fallen']:.1%}"]
        minutes = record.get("trained_minutes")
        cells.append("" if minutes is None else f"{minutes:.0f} minutes")
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _with_interval(record: Mapping[str, Any], name: str, factor: float, unit: str) -> str:
    low, high = record[f"{name}_ci95"]
    return f"{factor * record[name]:.1f} {unit} ({factor * low:.1f} to {factor * high:.1f})"


def _robolearn(verb: str, *arguments: str) -> None:
    """Run a verb in a process of its own. Raises UserError where it does not succeed: it has said why."""
    logger.info("robolearn %s %s", verb, " ".join(arguments))
    status = subprocess.run([sys.executable, "-m", "robolearn.cli", verb, *arguments], check=False).returncode
    if status:
        raise UserError(f"robolearn {verb} ended with {status}; the same command goes on here")


def settings_of(arguments: Sequence[str]) -> TableSettings:
    """Those that "key=value" texts choose. Raises UserError for a wrong one."""
    config = OmegaConf.structured(TableSettings())
    for text in arguments:
        assign(config, *parse(text))
    made = OmegaConf.to_object(config)
    assert isinstance(made, TableSettings)
    return made


def main(arguments: Sequence[str]) -> int:
    """Make the table; returns the exit status, as `robolearn.cli`."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    if "--help" in arguments:
        sys.stdout.write(
            f"rows: {', '.join(ROWS)}\n\n{settings_table(OmegaConf.structured(TableSettings()))}\n"
        )
        return 0
    try:
        table = Table(settings_of(arguments))
        table.make()
    except (UserError, StorageError) as error:
        sys.stderr.write(f"manager_table: {error}\n")
        return 2 if isinstance(error, UserError) else 1
    sys.stdout.write((table.out / "table.md").read_text())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
