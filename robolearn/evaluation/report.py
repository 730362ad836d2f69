"""`robolearn report`: one self-contained HTML page about finished runs."""

import base64
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2

from robolearn.checkpoint import code_version
from robolearn.evaluation import charts, formats
from robolearn.evaluation.koopman_section import PREFIX as KOOPMAN
from robolearn.evaluation.koopman_section import koopman_section
from robolearn.evaluation.reach_section import reach_section
from robolearn.evaluation.report_runs import Evaluation, Runs, Training, pairs, read_runs
from robolearn.evaluation.settings import ReportSettings
from robolearn.evaluation.worker_section import worker_section
from robolearn.storage import write_bytes

PAGE = "report.html"


def report(settings: ReportSettings) -> Path:
    """Write `report.html`; returns its path.

    What a run lacks, such as videos on a machine without rendering, the page says in words. Raises
    UserError for folders that are missing, damaged or not of a run.
    """
    runs = read_runs(settings.runs)
    page = Path(settings.out) / PAGE
    write_bytes(page, render(runs, settings.title).encode())
    sys.stdout.write(f"{page}  ({page.stat().st_size / 1e6:.1f} MB, nothing else is needed to read it)\n")
    return page


def render(runs: Runs, title: str) -> str:
    """The page as HTML."""
    folder = files("robolearn.evaluation") / "templates"
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, undefined=jinja2.StrictUndefined)
    environment.filters.update(formats.FILTERS)
    template = environment.from_string((folder / "report.html.j2").read_text(encoding="utf-8"))
    missing: list[str] = []
    content = (
        _success_section(runs.evaluations, missing)
        | {"videos": _videos(runs.evaluations, missing)}
        | _learning_section(runs.trainings, missing)
        | {"koopman": koopman_section(runs.trainings, missing), "workers": worker_section(runs.evaluations)}
        | reach_section(runs.evaluations)
    )
    if not runs.benchmarks:
        missing.append("No benchmark was given: robolearn bench measures the speed.")
    return template.render(
        title=title,
        written=datetime.now(UTC).strftime("%d %B %Y, %H:%M UTC"),
        version=_version(),
        style=(folder / "report.css").read_text(encoding="utf-8"),
        benchmarks=runs.benchmarks,
        datasets=runs.datasets,
        configurations=runs.configurations,
        missing=missing,
        **content,
    )


def _version() -> str:
    found = code_version()
    return " ".join((found["package"], *([f"({found['commit'][:10]})"] if "commit" in found else ())))


def _success_section(evaluations: Sequence[Evaluation], missing: list[str]) -> dict[str, Any]:
    if not evaluations:
        missing.append("No evaluation was given: robolearn eval measures success.")
        return {"evaluations": [], "pairs": []}
    compared = pairs(evaluations)
    if len(evaluations) > 1 and not compared:
        missing.append(
            "No paired comparison: no two evaluations agree in task, randomness, disturbance and seed."
        )
    rates = {run.name: (run.record["success_rate"], *run.record["success_ci95"]) for run in evaluations}
    return {
        "evaluations": evaluations,
        "pairs": compared,
        "interval_chart": charts.intervals(rates, "episodes that succeeded [%]"),
        "phase_charts": _phase_charts(evaluations),
        "failures": _failures(evaluations),
    }


def _phase_charts(evaluations: Sequence[Evaluation]) -> list[dict[str, str]]:
    """One chart a task, since tasks have stages of their own."""
    found = []
    for task in dict.fromkeys(run.record["task"] for run in evaluations):
        chosen = [run for run in evaluations if run.record["task"] == task]
        names = [phase["name"] for phase in chosen[0].record["phases"]]
        rates = {
            run.name: [(phase["reached_rate"], *phase["reached_ci95"]) for phase in run.record["phases"]]
            for run in chosen
        }
        caption = f"{task}: share of episodes that reached each stage."
        found.append({"svg": charts.phases(names, rates), "caption": caption})
    return found


def _failures(evaluations: Sequence[Evaluation]) -> list[dict[str, Any]]:
    tables = [{phase["name"]: phase["failed_here"] for phase in run.record["phases"]} for run in evaluations]
    names = dict.fromkeys(name for table in tables for name in table)
    rows = [{"phase": name, "counts": [table.get(name) for table in tables]} for name in names]
    return [row for row in rows if any(row["counts"])]


def _videos(evaluations: Sequence[Evaluation], missing: list[str]) -> list[dict[str, str]]:
    found = []
    for run in evaluations:
        recorded = run.record.get("videos") or {}
        for outcome in ("success", "failure"):
            path = run.path / recorded.get(outcome, {}).get("file", f"{outcome}.mp4")
            if outcome in recorded and path.is_file():
                entry = recorded[outcome]
                speed = f", {entry['speed']} times as fast" if "speed" in entry else ""
                caption = f"{run.name}: a {outcome}, episode {entry['episode']}{speed}"
                data = base64.b64encode(path.read_bytes()).decode()
                found.append({"data": data, "caption": caption})
            else:
                missing.append(f"{run.name}: no video of a {outcome}{_why_not(run, outcome)}.")
    return found


def _why_not(run: Evaluation, outcome: str) -> str:
    rate = run.record["success_rate"]
    if rate == {"success": 0.0, "failure": 1.0}[outcome]:
        return ", since no episode was one"
    if run.record.get("videos") is None:
        return ", since video=true was not given"
    return ", since that machine could not render or the episode ran before an interruption"


def _learning_section(trainings: Sequence[Training], missing: list[str]) -> dict[str, Any]:
    if not trainings:
        missing.append("No training run was given.")
    return {
        "trainings": [_training(run) for run in trainings],
        "learning_charts": [
            *_charts_of(trainings, "success_rate", "success [%]", "Success during training.", 100.0),
            *_charts_of(trainings, "/loss", "loss", "Losses."),
        ],
    }


def _training(run: Training) -> dict[str, Any]:
    lines = {key: run.series(key) for key in run.metric_names()}
    lines = {key: line for key, line in lines.items() if len(line[0]) > 1}
    validated = [value for key in run.metric_names() if _validates(key) for value in run.series(key)[1]]
    steps = [row["steps"] for row in run.rows if row.get("steps") is not None]
    return {
        "name": run.name,
        "rows": run.rows,
        "control_steps": steps[-1] if steps else None,
        "minutes": run.minutes,
        "best": max(validated, default=None),
        "everything": charts.small_multiples(lines, _horizontal([run])) if lines else "",
    }


def _validates(key: str) -> bool:
    return key.endswith("success_rate") and not key.startswith("train/")


def _charts_of(
    trainings: Sequence[Training], wanted: str, vertical: str, caption: str, scale: float = 1.0
) -> list[dict[str, str]]:
    """A chart of all metrics whose names end with `wanted`: control steps and epochs do not mix."""
    found = []
    for counts in (True, False):
        chosen = [run for run in trainings if run.counts_control_steps == counts]
        lines = {}
        for run in chosen:
            for key in run.metric_names():
                places, values = run.series(key)
                if key.endswith(wanted) and not key.startswith(KOOPMAN) and len(places) > 1:
                    lines[f"{run.name}: {key}"] = (places, [scale * value for value in values])
        if lines:
            svg = charts.curves(lines, _horizontal(chosen), vertical)
            found.append({"svg": svg, "caption": caption})
    return found


def _horizontal(trainings: Sequence[Training]) -> str:
    return "control steps" if all(run.counts_control_steps for run in trainings) else "logged step"
