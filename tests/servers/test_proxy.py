"""The proxy passes on, holds back, breaks and refuses, as it is told."""

import socket
import socketserver
import threading
import time
from collections.abc import Iterator

import pytest
from servers.proxy import Proxy


class Echo(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        while data := self.request.recv(1024):
            self.request.sendall(data)


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        host, port = server.server_address[:2]
        with Proxy((str(host), port)) as made:
            yield made
        server.shutdown()


def client(proxy: Proxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=5)


def said(connection: socket.socket, what: bytes) -> bytes:
    connection.sendall(what)
    return connection.recv(1024)


def test_it_passes_on(proxy: Proxy) -> None:
    with client(proxy) as connection:
        assert said(connection, b"one") == b"one"


def test_a_cut_breaks_what_there_is_and_new_ones_go(proxy: Proxy) -> None:
    with client(proxy) as connection:
        said(connection, b"one")
        proxy.cut()
        with pytest.raises(ConnectionError):
            said(connection, b"two")
    with client(proxy) as connection:
        assert said(connection, b"three") == b"three"


def test_a_black_hole_holds_back_until_healed(proxy: Proxy) -> None:
    with client(proxy) as connection:
        said(connection, b"one")
        proxy.blackhole()
        connection.sendall(b"two")
        connection.settimeout(0.2)
        with pytest.raises(TimeoutError):
            connection.recv(1024)
        proxy.heal()
        connection.settimeout(5)
        assert connection.recv(1024) == b"two"


def test_a_delay_holds_back_for_so_long(proxy: Proxy) -> None:
    with client(proxy) as connection:
        said(connection, b"one")
        proxy.delay(0.2)
        before = time.monotonic()
        assert said(connection, b"two") == b"two"
        assert time.monotonic() - before >= 0.4  # there and back


def test_refusing_ends_with_healing(proxy: Proxy) -> None:
    proxy.refuse()
    with pytest.raises(ConnectionRefusedError):
        client(proxy)
    proxy.heal()
    with client(proxy) as connection:
        assert said(connection, b"one") == b"one"
