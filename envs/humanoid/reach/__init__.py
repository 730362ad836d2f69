"""Both hands of the G1 follow trajectories: a manager commands the worker, inverse kinematics the arms.

References are given in the start frame: on the floor below the pelvis when the episode begins, x ahead.
"""
