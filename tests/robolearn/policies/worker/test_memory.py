"""What the worker remembers."""

import torch

from robolearn.policies.worker.memory import FrameMemory


def test_frames_are_stacked_by_their_lags() -> None:
    memory = FrameMemory(2, 3, (0, 1, 3))
    stacks = [memory.push(torch.full((2, 3), float(step))) for step in range(6)]
    assert stacks[0].unique().tolist() == [0.0], "the first frame fills the memory"
    assert stacks[5][0].view(3, 3)[:, 0].tolist() == [5.0, 4.0, 2.0]


def test_a_forgotten_world_starts_from_its_next_frame() -> None:
    memory = FrameMemory(2, 1, (0, 2))
    for step in range(4):
        memory.push(torch.tensor([[float(step)], [float(step)]]))
    memory.forget(torch.tensor([1]))
    assert memory.push(torch.tensor([[4.0], [10.0]])).tolist() == [[4.0, 2.0], [10.0, 10.0]]


def test_a_new_episodes_frame_fills_its_worlds_memory() -> None:
    memory = FrameMemory(2, 1, (0, 1))
    memory.push(torch.tensor([[1.0], [2.0]]))
    assert memory.replace(torch.tensor([0]), torch.tensor([[7.0]])).tolist() == [[7.0, 7.0]]
    assert memory.push(torch.tensor([[8.0], [3.0]])).tolist() == [[8.0, 7.0], [3.0, 2.0]]


def test_another_memory_goes_on_from_what_one_remembers() -> None:
    first, second = (FrameMemory(2, 1, (0, 2)) for _ in range(2))
    first.push(torch.tensor([[1.0], [2.0]]))
    first.forget(torch.tensor([1]))
    second.put_back(first.state())
    frame = torch.tensor([[3.0], [4.0]])
    found, wanted = second.push(frame), first.push(frame)
    torch.testing.assert_close(found, wanted)
    torch.testing.assert_close(wanted, torch.tensor([[3.0, 1.0], [4.0, 4.0]]))
