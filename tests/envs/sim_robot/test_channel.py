"""A network's faults are a function of seed and clock."""

from hypothesis import given, settings
from hypothesis import strategies as st

from envs.sim_robot.channel import Channel
from robolearn.bridge.sim_settings import Interference

BAD = Interference(latency=0.04, jitter=0.02, loss=0.3)


def passed(seed: int, number: int, interference: Interference, count: int = 200) -> list[tuple[int, int]]:
    """Which messages came out of a channel, with the tick at which they did."""
    channel, found = Channel(seed, number), []
    for tick in range(count):
        channel.send(0.002 * tick, str(tick).encode(), interference)
        found += [(int(payload), tick) for payload in channel.arrived(0.002 * tick)]
    return found


def test_nothing_goes_wrong_by_itself() -> None:
    assert passed(0, 0, Interference()) == [(tick, tick) for tick in range(200)]


@settings(max_examples=20)
@given(seed=st.integers(0, 2**32))
def test_equal_seeds_have_equal_fates(seed: int) -> None:
    assert passed(seed, 0, BAD) == passed(seed, 0, BAD)


def test_other_seeds_and_directions_have_others() -> None:
    assert len({tuple(passed(seed, number, BAD)) for seed in (0, 1) for number in (0, 1)}) == 4


@settings(max_examples=20)
@given(seed=st.integers(0, 2**32))
def test_messages_are_late_in_order_and_lost(seed: int) -> None:
    found = passed(seed, 0, BAD)
    sent = [message for message, _ in found]
    assert sent == sorted(set(sent))
    assert all(20 <= tick - message <= 31 for message, tick in found)
    assert 0.4 * 170 < len(found) < 0.95 * 170


def test_what_is_lost_does_not_depend_on_how_late_the_rest_is() -> None:
    late = Interference(latency=0.01, loss=0.3)
    lost, both = passed(3, 0, Interference(loss=0.3)), passed(3, 0, late)
    assert [message for message, _ in both] == [message for message, _ in lost][: len(both)]


def test_messages_on_their_way_arrive_when_loss_begins() -> None:
    channel = Channel(0, 0)
    channel.send(0.0, b"before", Interference(latency=0.01))
    channel.send(0.002, b"after", Interference(loss=1.0))
    assert channel.arrived(0.009) == [] and channel.arrived(0.5) == [b"before"]
