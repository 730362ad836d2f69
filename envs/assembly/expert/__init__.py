"""The scripted demonstrator of one_leg."""

from envs.assembly.expert.one_leg_expert import OneLegExpert

__all__ = ["OneLegExpert"]
