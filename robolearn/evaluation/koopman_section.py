"""The report's section on the Koopman model: prediction error, latent statistics, spectrum."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robolearn.checkpoint import load_checkpoint
from robolearn.errors import UserError
from robolearn.evaluation import charts
from robolearn.evaluation.report_runs import Training

PREFIX = "koopman/"


def koopman_section(trainings: Sequence[Training], missing: list[str]) -> list[dict[str, Any]]:
    """What is known of every run that trained a Koopman model; gaps are added to `missing` in words."""
    found = []
    for run in trainings:
        lines = {
            key.removeprefix(PREFIX): run.series(key) for key in run.metric_names() if key.startswith(PREFIX)
        }
        eigenvalues = _eigenvalues(run)
        if not lines and eigenvalues is None:
            continue
        if eigenvalues is None:
            missing.append(f"{run.name}: no spectrum, since no checkpoint there has latent dynamics.")
        drawn = {key: line for key, line in lines.items() if len(line[0]) > 1}
        if not any("error" in key for key in drawn):
            missing.append(f"{run.name}: no curve of the Koopman prediction error was logged.")
        found.append(_entry(run, drawn, eigenvalues))
    if trainings and not found:
        missing.append("No run trained a Koopman model.")
    return found


def _entry(
    run: Training, lines: Mapping[str, charts.Series], eigenvalues: NDArray[np.complex128] | None
) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": run.name, "curves": "", "spectrum": ""}
    if lines:
        horizontal = "control steps" if run.counts_control_steps else "logged step"
        entry["curves"] = charts.small_multiples(lines, horizontal)
    if eigenvalues is not None:
        sizes = np.abs(eigenvalues)
        entry |= {
            "spectrum": charts.spectrum(eigenvalues),
            "radius": float(sizes.max()),
            "unstable": int((sizes > 1).sum()),
            "size": len(sizes),
        }
    return entry


def _eigenvalues(run: Training) -> NDArray[np.complex128] | None:
    """Of the square matrix named "A" in the run's checkpoint, if it has both."""
    try:
        weights = load_checkpoint(run.path).weights
    except UserError:
        return None
    for name, value in weights.items():
        if name.split(".")[-1] == "A" and value.ndim == 2 and value.shape[0] == value.shape[1]:
            return np.linalg.eigvals(value.double().numpy()).astype(np.complex128)
    return None
