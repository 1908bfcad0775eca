"""Asks a broker which brokers it knows: the smallest exchange of the Kafka protocol, without a client library."""

from __future__ import annotations

import socket
import struct

_METADATA, _VERSION = 3, 1
_NAME = b"ready"


def brokers_known(port: int, timeout: float = 2) -> int:
    """How many live brokers the one at 127.0.0.1:`port` knows. Raises OSError while it does not answer."""
    # Header: kind, version, number, client; then the topics asked for: none.
    request = struct.pack("!hhih", _METADATA, _VERSION, 1, len(_NAME)) + _NAME + struct.pack("!i", 0)
    with socket.create_connection(("127.0.0.1", port), timeout) as connection:
        connection.sendall(struct.pack("!i", len(request)) + request)
        (length,) = struct.unpack("!i", _exactly(connection, 4))
        answer = _exactly(connection, length)
    # After the number of the request stands the array of brokers.
    count: int = struct.unpack_from("!i", answer, 4)[0]
    return count


def _exactly(connection: socket.socket, length: int) -> bytes:
    found = b""
    while len(found) < length:
        part = connection.recv(length - len(found))
        if not part:
            raise ConnectionError("the broker closed the connection")
        found += part
    return found
