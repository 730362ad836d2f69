import html.parser
import json
import re
import sys
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
import torch

from robolearn.checkpoint import save_checkpoint
from robolearn.errors import UserError
from robolearn.evaluation import charts
from robolearn.evaluation.episode_table import EPISODES, EpisodeTable, write_episodes
from robolearn.evaluation.evaluate import RECORD
from robolearn.evaluation.report import report
from robolearn.evaluation.report_runs import pairs, read_runs
from robolearn.evaluation.settings import ReportSettings
from robolearn.evaluation.summary import summarise
from robolearn.storage import write_json
from toy_environment import POINT_MASS


def evaluation(folder: Path, successes: list[int], first: int = 0, **changes: object) -> Path:
    """An output of `robolearn eval` with the given outcomes."""
    success = np.array(successes, dtype=bool)
    places = first + np.arange(len(success))
    table = EpisodeTable.from_columns(
        episode=places,
        seed=(7 << 32) + places,
        success=success,
        steps=np.where(success, 10, 24),
        phase=np.where(success, 2, places % 2),
        fault=np.zeros_like(success),
        episode_return=success,
    )
    conditions = {"task": "point_mass", "randomness": "low", "disturbance": False, "seed": 7}
    record = conditions | {"policy": folder.name, "control_steps_per_s": 1234.5}
    folder.mkdir(parents=True)
    write_episodes(folder / EPISODES, table, POINT_MASS.phases, {})
    write_json(folder / RECORD, record | summarise(table, POINT_MASS.phases) | changes)
    return folder


def training(folder: Path, koopman: bool = False) -> Path:
    """An output of `robolearn train`."""
    folder.mkdir(parents=True)
    rows = []
    for step in range(5):
        row = {"step": step, "steps": 1000.0 * step, "train/success_rate": 0.2 * step, "time/minutes": step}
        rows.append(row | ({"koopman/prediction_error_1": 1.0 / (1 + step)} if koopman else {}))
    (folder / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "config.yaml").write_text("verb: train\nname: <tag>\n")
    return folder


class Page(html.parser.HTMLParser):
    """Checks that tags nest, and gathers text and addresses."""

    VOID: ClassVar = {"meta", "br", "link", "path", "use"}

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words: list[str] = []
        self.addresses: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))


def page(tmp_path: Path, *runs: Path) -> Page:
    path = report(ReportSettings(runs=[str(run) for run in runs], out=str(tmp_path / "report")))
    return Page(path.read_text())


def test_tables_have_rates_intervals_and_the_comparison(tmp_path: Path) -> None:
    base = evaluation(tmp_path / "base", [1, 0, 0, 0] * 10)
    korr = evaluation(tmp_path / "korr", [1, 1, 1, 0] * 10)
    text = page(tmp_path, base, korr).text
    assert "25.0 %" in text and "14.2 to 40.2 %" in text
    assert "75.0 %" in text and "59.8 to 85.8 %" in text
    assert "+50.0" in text and "< 0.0001" in text
    assert "travelling" in text
    assert "base: no video of a success, since video=true was not given" in text
    assert "No training run was given" in text


def test_needs_nothing_from_outside(tmp_path: Path) -> None:
    run = evaluation(tmp_path / "run", [1, 0], videos={"success": {"file": "success.mp4", "episode": 0}})
    (run / "success.mp4").write_bytes(b"not really a video")
    shown = page(tmp_path, run, training(tmp_path / "train"))
    assert shown.addresses
    assert all(address.startswith(("data:", "#")) for address in shown.addresses)
    assert any(address.startswith("data:video/mp4;base64,") for address in shown.addresses)
    assert "a success, episode 0" in shown.text
    assert "<tag>" in shown.text


def test_koopman_section_shows_errors_and_the_spectrum(tmp_path: Path) -> None:
    run = training(tmp_path / "korr", koopman=True)
    rotation = torch.tensor([[0.0, -0.5], [0.5, 0.0]])
    save_checkpoint(
        run / "best",
        kind="anything",
        config={},
        weights={"actor.koopman.A": rotation},
        normalisation={},
        spec=POINT_MASS,
    )
    text = page(tmp_path, run).text
    assert "prediction_error_1" in text
    assert "Spectral radius 0.500; 0 of 2 eigenvalues" in text
    other = training(tmp_path / "plain")
    assert "No run trained a Koopman model" in page(tmp_path, other).text


def test_only_equal_conditions_are_paired(tmp_path: Path) -> None:
    folders = [
        evaluation(tmp_path / "a", [1, 0, 1, 0]),
        evaluation(tmp_path / "b", [1, 1, 1, 0], first=2),
        evaluation(tmp_path / "c", [1, 1, 1, 1], randomness="high"),
    ]
    (pair,) = pairs(read_runs([str(folder) for folder in folders]).evaluations)
    assert (pair.first.name, pair.second.name) == ("a", "b")
    assert (pair.result.episodes, pair.result.both, pair.result.only_b) == (2, 1, 1)


def test_a_training_in_stages_is_all_of_them(tmp_path: Path) -> None:
    for stage in ("walking", "punched_1"):
        training(tmp_path / "run" / stage)
    assert [run.name for run in read_runs([str(tmp_path / "run")]).trainings] == [
        "run/punched_1",
        "run/walking",
    ]


def test_names_are_as_long_as_they_must_be(tmp_path: Path) -> None:
    folders = [evaluation(tmp_path / "x" / "eval", [1]), evaluation(tmp_path / "y" / "eval", [0])]
    runs = read_runs([str(folder) for folder in folders])
    assert [run.name for run in runs.evaluations] == ["x/eval", "y/eval"]


def test_bad_input_is_one_line(tmp_path: Path) -> None:
    good = evaluation(tmp_path / "good", [1])
    (tmp_path / "empty").mkdir()
    damaged = evaluation(tmp_path / "damaged", [1])
    write_json(damaged / RECORD, {"task": "point_mass"})
    for runs, message in (
        ([], "nothing to report"),
        ([tmp_path / "absent"], "is not a folder"),
        ([tmp_path / "empty"], "not an output of eval"),
        ([good, good], "given twice"),
        ([damaged], "'randomness' is missing"),
    ):
        with pytest.raises(UserError, match=message) as caught:
            page(tmp_path, *runs)
        assert "\n" not in str(caught.value)


def test_charts_take_the_ink_of_the_page() -> None:
    svg = charts.intervals({"a & b": (0.5, 0.4, 0.6)}, "label")
    assert svg.startswith("<svg") and svg.rstrip().endswith("</svg>")
    assert "currentColor" in svg and "#010203" not in svg
    assert charts.intervals({"a & b": (0.5, 0.4, 0.6)}, "label") == svg
    assert "matplotlib.pyplot" not in sys.modules
