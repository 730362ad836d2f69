"""Networks that predict the noise in a chunk of actions."""
