"""Residual reinforcement learning on a frozen base policy, over batched environments."""
