"""One POST to one target, over a connection to the very address that was checked."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException
from typing import NamedTuple

from aiqyn.services.webhooks.targets import BadTarget, Target, addresses, parse

TIMEOUT = 15.0  # seconds for all of it
_LONGEST_WAIT = 24 * 3600  # seconds that a Retry-After is believed


class Outcome(NamedTuple):
    """What became of one try."""

    status: int | None
    """None: there was no answer."""
    error: str | None
    """Why it does not count as delivered; None: it does."""
    retry_after: float = 0.0
    """Seconds that the target wants us to wait."""

    @property
    def delivered(self) -> bool:
        return self.error is None

    @property
    def gone(self) -> bool:
        return self.status == 410


def post(url: str, body: bytes, headers: Mapping[str, str], allow_private: bool, timeout: float = TIMEOUT) -> Outcome:
    """Send a body; whatever goes wrong is an outcome. Redirects are not followed: they are failures."""
    try:
        target = parse(url, allow_private)
        found = addresses(target, allow_private)
    except BadTarget as error:
        return Outcome(None, f"the target is refused: {error}")
    ends = time.monotonic() + timeout
    try:
        return _exchange(target, found, body, headers, ends)
    except TimeoutError:
        return Outcome(None, f"no answer within {timeout:g} seconds")
    except ssl.SSLError as error:
        return Outcome(None, f"TLS failed: {error.reason or 'no reason given'}")
    except (OSError, HTTPException, ValueError) as error:
        late = time.monotonic() >= ends
        return Outcome(None, f"no answer within {timeout:g} seconds" if late else f"no answer: {type(error).__name__}")


class _Pinned(HTTPConnection):
    """A connection to an address of our choice; the host's name stays in TLS and in the header `Host`."""

    def __init__(self, target: Target, address: str, seconds: float) -> None:
        super().__init__(target.host, target.port, timeout=seconds)
        self._target = target
        self._address = address

    def connect(self) -> None:
        sock = socket.create_connection((self._address, self._target.port), self.timeout)
        self.sock = sock
        if self._target.secure:
            self.sock = ssl.create_default_context().wrap_socket(sock, server_hostname=self._target.host)


def _exchange(target: Target, found: list[str], body: bytes, headers: Mapping[str, str], ends: float) -> Outcome:
    for place, address in enumerate(found):
        connection = _Pinned(target, address, max(0.1, ends - time.monotonic()))
        watch = threading.Timer(max(0.1, ends - time.monotonic()), _cut, (connection,))
        watch.daemon = True
        watch.start()
        try:
            try:
                connection.connect()
            except ConnectionRefusedError:
                if place + 1 < len(found):
                    continue
                raise
            connection.request("POST", target.path, body, {"Host": target.header, **headers})
            return _judged(connection)
        finally:
            watch.cancel()
            connection.close()
    raise OSError("no address")


def _cut(connection: HTTPConnection) -> None:
    """The time is over, however slowly the target still answers."""
    sock = connection.sock
    if sock is not None:
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)


def _judged(connection: HTTPConnection) -> Outcome:
    answer = connection.getresponse()
    status = answer.status
    if 200 <= status < 300:
        return Outcome(status, None)
    wait = _seconds(answer.getheader("retry-after"))
    what = "a redirect, which is not followed" if 300 <= status < 400 else "not 2xx"
    return Outcome(status, f"the answer was {status}: {what}", wait)


def _seconds(text: str | None) -> float:
    """A Retry-After (RFC 9110): seconds, or an instant."""
    if not text:
        return 0.0
    if text.strip().isascii() and text.strip().isdigit():
        return float(min(int(text.strip()[:9]), _LONGEST_WAIT))
    try:
        return min(max(0.0, parsedate_to_datetime(text).timestamp() - time.time()), _LONGEST_WAIT)
    except (ValueError, TypeError, OverflowError):
        return 0.0
