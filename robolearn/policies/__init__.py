"""Policies: diffusion base policies, and the residual actors that correct them."""
