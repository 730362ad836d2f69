"""Residual reinforcement learning on a frozen base policy: PPO and TD3."""
