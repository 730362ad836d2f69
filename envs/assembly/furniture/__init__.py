"""Furniture: dimensions, masses, assembled poses and layouts, as data."""
