"""The G1's manager by PPO, without a teacher."""
