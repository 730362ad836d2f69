"""Checks of settings, each a line that names the value and what is valid."""

from robolearn.errors import UserError


def check_at_least(minimum: int, **values: int) -> None:
    """Raises UserError for the first of the named settings that is below `minimum`."""
    for name, value in values.items():
        if value < minimum:
            raise UserError(f"{name}={value} is not valid: it takes at least {minimum}")


def check_not_negative(**values: float) -> None:
    """Raises UserError for the first of the named settings that is below 0."""
    for name, value in values.items():
        if not value >= 0:
            raise UserError(f"{name}={value} is not valid: it takes 0 or more")


def check_positive(**values: float) -> None:
    """Raises UserError for the first of the named settings that is not above 0."""
    for name, value in values.items():
        if not value > 0:
            raise UserError(f"{name}={value} is not valid: it takes more than 0")


def check_within(least: float, greatest: float, **values: float) -> None:
    """Raises UserError for the first of the named settings that is not in [least, greatest]."""
    for name, value in values.items():
        if not least <= value <= greatest:
            raise UserError(f"{name}={value} is not valid: it takes {least:g} to {greatest:g}")
