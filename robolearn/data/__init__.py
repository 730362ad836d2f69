"""Demonstrations: collecting them, keeping them as a LeRobot dataset v3.0, and serving them to training."""
