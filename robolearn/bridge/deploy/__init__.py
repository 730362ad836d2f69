"""A checkpoint on a robot: what it sees, what the motors are told, and what others may know and ask."""
