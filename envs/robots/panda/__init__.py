"""Franka Emika Panda with its two-finger hand."""
