"""Training runs on disk, whatever is trained: budgets, checkpoints, and going on after a kill."""
