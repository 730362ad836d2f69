"""robolearn: assembly and humanoid learning, from demonstrations to deployment."""
