"""What the wheeled robot does, a short function each."""
