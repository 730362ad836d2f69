"""Settings of scripts from their arguments."""

import pytest

from robolearn.errors import UserError
from robolearn.overrides import chosen

DEFAULTS = {"tries": "10", "out": "outputs/table"}


def test_arguments_replace_defaults_and_leave_them_alone() -> None:
    assert chosen(["out=a=b", "tries=3"], DEFAULTS) == {"tries": "3", "out": "a=b"}
    assert chosen([], DEFAULTS) == DEFAULTS == {"tries": "10", "out": "outputs/table"}


def test_an_unknown_key_is_refused_with_the_nearest() -> None:
    with pytest.raises(UserError, match=r"trys.*tries"):
        chosen(["trys=3"], DEFAULTS)


def test_what_is_no_assignment_is_refused() -> None:
    with pytest.raises(UserError, match="cannot read 'tries'"):
        chosen(["tries"], DEFAULTS)
