"""The G1's worker by PPO: one run of it, and several in stages."""
