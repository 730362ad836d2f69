"""Devices by name, constants on them, and how many processor threads torch uses."""

from functools import cache

import torch
from torch import Tensor

from robolearn.checks import check_at_least
from robolearn.errors import UserError


def device_named(name: str | torch.device) -> torch.device:
    """The device `name`, such as cpu or cuda. Raises UserError when there is none such on this machine."""
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        # Torch says it with an assertion where it was built without the device's support.
        found = "cpu, cuda" if torch.cuda.is_available() else "cpu (this machine or this torch has no CUDA)"
        raise UserError(f"device={name} is not usable: there is {found}") from error
    return device


@cache
def constant_on(value: Tensor, device: torch.device) -> Tensor:
    """`value`, a constant of a module that never changes, on a device; moved there once."""
    return value.to(device)


def use_threads(num_threads: int) -> None:
    """Let torch compute with so many processor threads; 0 keeps its own choice, one a core.

    Raises UserError for a negative number.
    """
    check_at_least(0, num_threads=num_threads)
    if num_threads:
        torch.set_num_threads(num_threads)
