"""What furniture assembly looks like: models that are drawn and never simulated."""

from envs.assembly.pictures.one_leg import picture_one_leg

__all__ = ["picture_one_leg"]
