"""Household trajectories of a wheeled humanoid that nobody has to record, in the layout of AgiBot World."""
