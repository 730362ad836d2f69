import torch
from torch import Tensor

from robolearn.policies.chunk_memory import ChunkMemory

HORIZON, EXECUTED = 6, 4


def memory(worlds: int = 3) -> ChunkMemory:
    return ChunkMemory(worlds, HORIZON, 1, EXECUTED, torch.device("cpu"))


def chunk(start: float) -> Tensor:
    """One chunk that counts from `start`."""
    return start + torch.arange(float(HORIZON)).view(1, HORIZON, 1)


def test_actions_come_in_order_each_world_at_its_own_place() -> None:
    chunks = memory()
    chunks.put(torch.tensor([0]), chunk(10))
    first, places = chunks.pop(torch.tensor([0]))
    assert (first.item(), places.item()) == (10.0, 0.0)
    chunks.put(torch.tensor([2]), chunk(20))
    actions, places = chunks.pop(torch.tensor([0, 2]))
    assert actions.flatten().tolist() == [11.0, 20.0]
    assert places.tolist() == [0.25, 0.0]
    assert chunks.cursor.tolist() == [2, EXECUTED, 1], "the world without a chunk is through"


def test_a_draft_is_what_was_not_carried_out_and_then_its_last_action() -> None:
    chunks = memory()
    chunks.put(torch.tensor([1]), chunk(0))
    assert chunks.draft(torch.tensor([1])).flatten().tolist() == [4.0, 5.0, 5.0, 5.0, 5.0, 5.0]


def test_clearing_forgets_the_named_worlds() -> None:
    chunks = memory()
    chunks.put(torch.arange(3), chunk(5).expand(3, -1, -1))
    chunks.clear(torch.tensor([1]))
    assert chunks.filled.tolist() == [True, False, True]
    assert chunks.cursor.tolist() == [0, EXECUTED, 0]
    assert float(chunks.chunk[1].abs().max()) == 0.0
    chunks.clear(None)
    assert not bool(chunks.filled.any())


def test_a_saved_state_is_apart_from_what_goes_on() -> None:
    chunks = memory()
    chunks.put(torch.arange(3), chunk(5).expand(3, -1, -1))
    state = chunks.state()
    chunks.pop(torch.arange(3))
    other = memory()
    other.restore(state)
    other.pop(torch.tensor([0]))
    assert state["cursor"].tolist() == [0, 0, 0]
    assert other.cursor.tolist() == [1, 0, 0]
