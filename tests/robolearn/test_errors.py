"""What a script says of wrong input, and how it ends."""

import pytest

from robolearn.errors import UserError, refusing


def test_a_script_refuses_wrong_input_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end, refusing("film_worker"):
        raise UserError("seed=x is not valid")
    assert end.value.code == 2
    assert capsys.readouterr() == ("", "film_worker: seed=x is not valid\n")


def test_other_errors_stay_what_they_are() -> None:
    with pytest.raises(ZeroDivisionError), refusing("film_worker"):
        raise ZeroDivisionError
