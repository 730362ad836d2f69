"""Kinematics of a robot's limbs, batched: poses, Jacobians, gravity's torques, and the way back."""
