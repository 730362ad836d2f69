"""Which attempts run: the result depends on their numbers alone, however the worlds race."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robolearn.data.attempts import Agenda


@given(data=st.data())
def test_keeps_the_first_successes_whatever_finishes_first(data: st.DataObject) -> None:
    succeeds = data.draw(st.lists(st.booleans(), min_size=30, max_size=30))
    wanted, worlds = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 8))
    known = data.draw(st.sets(st.integers(0, 29), max_size=10))
    agenda = Agenda(wanted, 30, {index: succeeds[index] for index in known})
    expected = [index for index in range(30) if succeeds[index]][:wanted]
    running: list[int] = []
    started: list[int] = []
    while not agenda.complete:
        while len(running) < worlds and (index := agenda.start()) is not None:
            running.append(index)
            started.append(index)
        index = running.pop(data.draw(st.integers(0, len(running) - 1)))
        agenda.finish(index, succeeds[index])
    assert agenda.chosen == expected
    assert started == sorted(set(started) - known)
    last = expected[-1] if len(expected) == wanted else 29
    assert set(range(last + 1)) <= set(started) | known


def test_a_late_failure_is_made_up_for() -> None:
    agenda = Agenda(2, 10, {})
    assert [agenda.start() for _ in range(3)] == [0, 1, 2]
    agenda.finish(2, True)
    agenda.finish(1, True)
    assert agenda.chosen == [1, 2]
    assert agenda.start() is None
    assert not agenda.complete
    agenda.finish(0, True)
    assert agenda.chosen == [0, 1]
    assert agenda.complete


def test_the_limit_ends_it() -> None:
    agenda = Agenda(1, 2, {0: False})
    assert agenda.start() == 1
    assert agenda.start() is None
    agenda.finish(1, False)
    assert (agenda.complete, agenda.chosen, agenda.finished) == (True, [], 2)


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ({}, 5),
        ({0: True, 1: True, 2: True}, 2),
        ({0: True, 1: True, 2: True, 3: True}, 0),
        ({1: True, 2: True, 3: True, 5: True}, 2),
        (dict.fromkeys(range(98), False), 2),
    ],
)
def test_no_more_worlds_than_can_be_of_use(outcomes: dict[int, bool], expected: int) -> None:
    assert Agenda(4, 100, outcomes).useful_worlds == expected
