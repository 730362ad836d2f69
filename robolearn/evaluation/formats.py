"""How the report writes numbers; None, which stands for "not measured", is a dash."""

from collections.abc import Callable, Sequence
from typing import Any

_DASH = "\N{EN DASH}"
_MINUS = "\N{MINUS SIGN}"


def percent(value: float | None) -> str:
    """0.934 as "93.4 %"."""
    return _DASH if value is None else f"{100 * value:.1f}\N{NO-BREAK SPACE}%"


def percent_range(limits: Sequence[float]) -> str:
    """(0.912, 0.951) as "91.2 to 95.1 %"."""
    low, high = limits
    return f"{100 * low:.1f} to {percent(high)}"


def points(value: float) -> str:
    """A difference of rates in percentage points, always with its sign."""
    return _signed(100 * value)


def points_range(limits: Sequence[float]) -> str:
    """Limits of a difference of rates in percentage points."""
    low, high = limits
    return f"{points(low)} to {points(high)}"


def probability(value: float) -> str:
    """A p-value to two digits."""
    return "< 0.0001" if value < 1e-4 else f"{value:.2g}"


def number(value: float | None, decimals: int = 0) -> str:
    """With separated thousands."""
    return _DASH if value is None else f"{value:,.{decimals}f}".replace(",", "\N{THIN SPACE}")


def count(value: int | None) -> str:
    """A whole number with separated thousands."""
    return number(value)


def words(name: str) -> str:
    """An identifier as words."""
    return name.replace("_", " ")


def _signed(value: float) -> str:
    return f"{value:+.1f}".replace("-", _MINUS)


FILTERS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (count, number, percent, percent_range, points, points_range, probability, words)
}
