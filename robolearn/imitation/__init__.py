"""Behaviour cloning of a chunked base policy."""
