"""The manager: from what a robot sees and its hands' references to a command for the worker."""
