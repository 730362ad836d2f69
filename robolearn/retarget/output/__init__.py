"""What retargeting leaves: a LeRobot dataset of the source's vision and language, and the G1's actions."""
