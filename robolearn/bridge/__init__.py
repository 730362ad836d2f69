"""Policies on a robot: messages and their bytes, the safety layer, and what carries them."""
