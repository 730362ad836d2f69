"""Joining a network that the user names."""

import socket
from typing import Final

from robolearn.bridge.errors import BridgeError
from robolearn.bridge.transport import Transport
from robolearn.errors import UserError, unknown_name

LARGEST_DOMAIN: Final = 232
"""Of DDS: the ports of a higher one are beyond 65535 (DDSI-RTPS 2.3, 9.6.1)."""


def join(interface: str, domain: int, dds: str | None) -> Transport:
    """A participant in a DDS domain on one network interface.

    dds: Cyclone's configuration in place of the interface, XML or a file:// URI

    Raises UserError for an interface or domain that there is not, and what DDS refuses.
    """
    if not 0 <= domain <= LARGEST_DOMAIN:
        raise UserError(f"domain={domain} is not valid: it takes 0 to {LARGEST_DOMAIN}")
    from robolearn.bridge.dds import LOOPBACK_ONLY, CycloneTransport, bound_to

    if dds is None:
        dds = LOOPBACK_ONLY if interface in _LOOPBACK else bound_to("name", _checked(interface))
    try:
        return CycloneTransport(domain, dds)
    except BridgeError as error:
        raise UserError(str(error)) from error


_LOOPBACK: Final = ("lo", "lo0")
"""Of Linux and of macOS. Named by its address, it carries multicast on both."""


def _checked(interface: str) -> str:
    names = [name for _, name in socket.if_nameindex()]
    if interface not in names:
        raise unknown_name("network interface", interface, names)
    return interface
