"""Where a webhook may go: never into our own network, whatever its name resolves to at the moment of sending."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import NamedTuple
from urllib.parse import urlsplit

_MOST = 2000
_MAPPED = ip_network("64:ff9b::/96")
"""IPv4 addresses behind a translator (RFC 6052)."""
_TO_4 = ip_network("2002::/16")


class BadTarget(Exception):
    """The address is not one that we send to."""


class Target(NamedTuple):
    """An address taken apart."""

    secure: bool
    host: str
    port: int
    path: str
    """With the query."""
    header: str
    """As the header `Host` says it."""


def parse(url: str, allow_private: bool) -> Target:
    """The parts of a URL. Plain http goes only where private addresses are allowed. Raises BadTarget."""
    if len(url) > _MOST or any(not "!" <= character <= "~" for character in url):
        raise BadTarget("a URL of at most 2000 printable ASCII characters is wanted")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadTarget("this is no URL") from None
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise BadTarget("a URL that begins with https:// is wanted")
    if parts.scheme == "http" and not allow_private:
        raise BadTarget("a URL that begins with https:// is wanted: the rest of the way must be encrypted")
    if parts.username is not None or parts.password is not None:
        raise BadTarget("a URL without user name and password is wanted")
    if parts.fragment:
        raise BadTarget("a URL without a fragment is wanted")
    if port == 0:
        raise BadTarget("there is no port 0")
    secure = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(secure, parts.hostname, port or (443 if secure else 80), path, parts.netloc)


def addresses(target: Target, allow_private: bool) -> list[str]:
    """The addresses that the host has now, every one of them allowed. Raises BadTarget."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise BadTarget(f"the host {target.host!r} cannot be found") from None
    listed = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not allow_private and not all(is_public(address) for address in listed):
        raise BadTarget(f"the host {target.host!r} has an address that is not public")
    return listed


def is_public(text: str) -> bool:
    """Whether an address belongs to the public internet, also where it hides an IPv4 address."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    inner = _inner(address)
    if inner is not None:
        return is_public(str(inner))
    return address.is_global and not address.is_multicast and not address.is_reserved


def _inner(address: IPv4Address | IPv6Address) -> IPv4Address | None:
    """The IPv4 address in an IPv6 one: mapped, translated, 6to4, Teredo or compatible."""
    if isinstance(address, IPv4Address):
        return None
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _MAPPED or (int(address) >> 32 == 0 and int(address) > 1):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address in _TO_4:
        return address.sixtofour
    return address.teredo[1] if address.teredo is not None else None
