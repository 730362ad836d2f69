"""What all tests share: one thread, as tests are small and run beside each other; no deadlines; a seed."""

import hypothesis
import pytest
import torch

hypothesis.settings.register_profile("shared", deadline=None, print_blob=True)
hypothesis.settings.load_profile("shared")


@pytest.fixture(scope="session", autouse=True)
def single_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def same_numbers() -> None:
    """Every test draws what it drew before, alone or after others."""
    torch.manual_seed(0)
