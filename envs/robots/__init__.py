"""Robots: models built from their URDFs, with their constants and where each came from."""
