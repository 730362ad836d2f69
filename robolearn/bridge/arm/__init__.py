"""A checkpoint on a robot arm: end-effector or joint targets out, joint states and part poses in."""
