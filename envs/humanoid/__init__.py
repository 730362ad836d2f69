"""Tasks of the Unitree G1."""
