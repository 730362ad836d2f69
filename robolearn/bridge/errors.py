"""What the bridge raises about messages and connections."""


class BridgeError(Exception):
    """A message or a connection cannot be used; one line says which and why."""
