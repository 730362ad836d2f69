"""Hand trajectories of one robot, brought into the workspace of another."""
