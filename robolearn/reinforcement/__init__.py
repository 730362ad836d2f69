"""Reinforcement learning over batched environments: what is common to residual, worker and manager."""
