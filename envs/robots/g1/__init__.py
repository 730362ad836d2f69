"""Unitree G1 with 29 joints, with rubber or Dex3 hands."""
