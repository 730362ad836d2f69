"""What all tests share: one thread, since tests are small and may run beside each other, and no deadlines."""

import hypothesis
import pytest
import torch

hypothesis.settings.register_profile("shared", deadline=None, print_blob=True)
hypothesis.settings.load_profile("shared")


@pytest.fixture(scope="session", autouse=True)
def single_thread() -> None:
    torch.set_num_threads(1)
