"""Imitation learning: base policies from demonstrations."""
