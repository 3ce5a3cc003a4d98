"""The web role's socket: taken before anything else starts, and kept over restarts of the web server."""

from __future__ import annotations

import errno
import socket


class PortTaken(Exception):
    """The address cannot be listened on. The message says why."""


def reserve(host: str, port: int) -> socket.socket:
    """A bound socket that does not listen yet: nobody is kept waiting by a server that is still starting.

    Raises PortTaken.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        reserved = socket.socket(family, kind)
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        reserved.bind(address)
    except OSError as error:
        raise PortTaken(f"cannot listen on {host}:{port}: {reason(error)}") from error
    return reserved


def reason(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "another program uses this port; stop it, or choose another one by PORT"
    if error.errno == errno.EACCES:
        return "ports below 1024 are not open to this user; choose another one by PORT"
    return (error.strerror or str(error)).lower()
