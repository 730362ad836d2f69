"""Simulation: one batched implementation of each task."""
