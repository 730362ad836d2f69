"""Charts of the report: SVG text that takes its ink from the page, so that it reads in light and dark."""

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter
from numpy.typing import NDArray

COLORS = ("#3b82f6", "#e07b39", "#2a9d74", "#a966c4", "#c94f5d", "#8a8f98", "#c2a114", "#2f9db5")
"""Of the series; each stands out on white and on near-black."""

_INK = "#010203"
"""Stands for the page's text colour until the SVG is written."""

_STYLE: Any = {
    "axes.edgecolor": _INK,
    "axes.labelcolor": _INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 10,
    "axes.axisbelow": True,
    "axes.linewidth": 0.7,
    "font.size": 9.5,
    "grid.alpha": 0.18,
    "grid.color": _INK,
    "legend.frameon": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "robolearn",
    "text.color": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
}

Series = tuple[Sequence[float], Sequence[float]]


@contextmanager
def _figure(
    width: float, height: float, columns: int = 1, rows: int = 1
) -> Iterator[tuple[Figure, list[Axes]]]:
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.subplots(rows, columns, squeeze=False)
        yield figure, list(axes.flat)


def _svg(figure: Figure) -> str:
    """The figure as an `<svg>` element that takes its ink from the page; style sheets override its size."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    text = buffer.getvalue()
    return text[text.index("<svg") :].replace(_INK, "currentColor")


def intervals(rates: Mapping[str, tuple[float, float, float]], label: str) -> str:
    """Rates with their intervals, one a row: name to (rate, low, high), shown in per cent."""
    with _figure(7.2, 0.75 + 0.42 * len(rates)) as (figure, (axes,)):
        for row, (rate, low, high) in enumerate(rates.values()):
            color = COLORS[row % len(COLORS)]
            axes.plot([100 * low, 100 * high], [row, row], color=color, linewidth=5, alpha=0.35)
            axes.plot(100 * rate, row, "o", color=color, markersize=7)
        axes.set_yticks(range(len(rates)), list(rates))
        axes.set_ylim(len(rates) - 0.5, -0.5)
        axes.set_xlim(-1, 101)
        axes.set_xlabel(label)
        axes.grid(axis="x")
        return _svg(figure)


def phases(names: Sequence[str], rates: Mapping[str, Sequence[tuple[float, float, float]]]) -> str:
    """How many episodes reached each stage: of every policy a (rate, low, high) for each name."""
    with _figure(7.2, 3.0) as (figure, (axes,)):
        width = 0.8 / len(rates)
        places = np.arange(len(names))
        for index, (policy, values) in enumerate(rates.items()):
            rate, low, high = 100 * np.array(values).T
            offset = (index - (len(rates) - 1) / 2) * width
            axes.bar(
                places + offset,
                rate,
                0.92 * width,
                label=policy,
                color=COLORS[index % len(COLORS)],
                alpha=0.85,
            )
            errors = np.clip([rate - low, high - rate], 0, None)
            axes.errorbar(places + offset, rate, errors, fmt="none", ecolor=_INK, elinewidth=0.8, alpha=0.7)
        axes.set_xticks(places, [name.replace("_", " ") for name in names])
        axes.set_ylim(0, 104)
        axes.set_ylabel("episodes that got there [%]")
        axes.grid(axis="y")
        figure.legend(loc="outside upper center", ncols=4)
        return _svg(figure)


def curves(lines: Mapping[str, Series], horizontal: str, vertical: str) -> str:
    """Lines over training, by their names."""
    with _figure(7.2, 3.1) as (figure, (axes,)):
        for index, (name, (places, values)) in enumerate(lines.items()):
            marker = "o" if len(places) < 40 else None
            color = COLORS[index % len(COLORS)]
            axes.plot(places, values, label=name, color=color, linewidth=1.6, marker=marker, markersize=3.5)
        axes.set_xlabel(horizontal)
        axes.set_ylabel(vertical)
        axes.xaxis.set_major_formatter(EngFormatter(sep=""))
        axes.grid()
        figure.legend(loc="outside upper center", ncols=2)
        return _svg(figure)


def small_multiples(lines: Mapping[str, Series], horizontal: str) -> str:
    """Each line in a small chart of its own."""
    columns = 3
    rows = -(-len(lines) // columns)
    with _figure(9.6, 1.95 * rows, columns, rows) as (figure, axes):
        for place, (name, (places, values)) in zip(axes, lines.items(), strict=False):
            place.plot(places, values, color=COLORS[0], linewidth=1.3)
            place.set_title(name)
            place.grid()
            place.tick_params(labelsize=8)
            place.xaxis.set_major_formatter(EngFormatter(sep=""))
            if _spans_decades(values):
                place.set_yscale("log")
        for place in axes[len(lines) :]:
            place.remove()
        figure.supxlabel(horizontal, fontsize=9)
        return _svg(figure)


def spectrum(eigenvalues: NDArray[np.complex128]) -> str:
    """Eigenvalues (K,) of the latent dynamics in the complex plane, with the unit circle."""
    with _figure(4.2, 4.0) as (figure, (axes,)):
        turn = np.linspace(0, 2 * np.pi, 200)
        axes.plot(np.cos(turn), np.sin(turn), color=_INK, linewidth=0.8, alpha=0.6)
        axes.plot(eigenvalues.real, eigenvalues.imag, "o", color=COLORS[0], markersize=4, alpha=0.7)
        axes.set_aspect("equal")
        axes.set_xlabel("real part")
        axes.set_ylabel("imaginary part")
        axes.grid()
        return _svg(figure)


def heat_maps(
    maps: Mapping[str, NDArray[np.float64]],
    rows: Sequence[str],
    columns: Sequence[str],
    axes: tuple[str, str],
) -> str:
    """Grids (rows, columns) side by side, each by its title, with the values written in; NaN is left blank.

    axes: labels of the rows and of the columns
    """
    with _figure(3.3 * len(maps), 2.6, len(maps)) as (figure, places):
        for place, (title, grid) in zip(places, maps.items(), strict=True):
            place.imshow(grid, cmap="YlOrRd", vmin=0.0, aspect="auto", alpha=0.8)
            for (row, column), value in np.ndenumerate(grid):
                if np.isfinite(value):
                    place.text(column, row, f"{value:.3f}", ha="center", va="center", fontsize=7.5)
            place.set_title(title)
            place.set_xticks(range(len(columns)), columns, rotation=30, fontsize=7)
            place.set_yticks(range(len(rows)), rows, fontsize=7)
            place.set_xlabel(axes[1])
        places[0].set_ylabel(axes[0])
        return _svg(figure)


def _spans_decades(values: Sequence[float]) -> bool:
    return bool(values) and min(values) > 0 and max(values) > 100 * min(values)
