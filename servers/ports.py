"""Free ports below the range that the system gives to clients.

A client that retries a dead loopback port inside that range can come to be connected to itself, and keep the port.
"""

from __future__ import annotations

import random
import socket

_FIRST, _BEYOND = 20000, 32000
_chance = random.SystemRandom()


def free_ports(count: int) -> list[int]:
    """Ports on 127.0.0.1 that nobody listens on now, each once. Raises RuntimeError where there are too few."""
    found: list[int] = []
    for port in _chance.sample(range(_FIRST, _BEYOND), _BEYOND - _FIRST):
        if len(found) == count:
            break
        if _is_free(port):
            found.append(port)
    if len(found) < count:
        raise RuntimeError(f"there are no {count} free ports between {_FIRST} and {_BEYOND}")
    return found


def _is_free(port: int) -> bool:
    with socket.socket() as listener:
        # As servers do: a port whose last connections linger is free.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
