"""A TCP proxy on 127.0.0.1 that spoils connections on demand. It runs in a thread of its own.

with Proxy(("127.0.0.1", 5432)) as proxy:
    proxy.port          # where clients connect
    proxy.blackhole()   # connected, but nothing comes through
    proxy.heal()
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from types import TracebackType
from typing import Any

from servers.ports import free_ports

Address = tuple[str, int]

_PIECE = 65536
_AT_ONCE = struct.pack("ii", 1, 0)  # lingering on, for no time


class Proxy:
    """Passes everything on until told otherwise. Safe to call from any thread; each order holds when it returns."""

    def __init__(self, target: Address | None = None) -> None:
        self.target = target
        (self.port,) = free_ports(1)
        self._delay = 0.0
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._loop = asyncio.new_event_loop()
        self._through = asyncio.Event()
        self._through.set()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)

    def __enter__(self) -> Proxy:
        self._thread.start()
        self._do(self._listen)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._do(self._close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def heal(self) -> None:
        """Pass everything on, at once; what a black hole held back comes through."""
        self._do(self._pass)

    def cut(self) -> None:
        """Break the connections that there are; new ones go as before."""
        self._do(self._cut)

    def blackhole(self) -> None:
        """Take connections and bytes, and pass nothing on, either way."""
        self._do(self._swallow)

    def delay(self, seconds: float) -> None:
        """Hold each piece of data back for so long."""
        self._delay = seconds

    def refuse(self) -> None:
        """Break the connections that there are, and take no new ones."""
        self._do(self._refuse)

    def _do(self, what: Callable[[], Coroutine[Any, Any, None]]) -> None:
        asyncio.run_coroutine_threadsafe(what(), self._loop).result(10)

    async def _listen(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def _pass(self) -> None:
        self._delay = 0.0
        self._through.set()
        await self._listen()

    async def _swallow(self) -> None:
        await self._listen()
        self._through.clear()

    async def _cut(self) -> None:
        for writer in list(self._open):
            # A reset, not an orderly end: what was under way is lost.
            end: socket.socket = writer.get_extra_info("socket")
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            writer.transport.abort()

    async def _refuse(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        await self._cut()

    async def _close(self) -> None:
        await self._refuse()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._open.add(writer)
        there = None
        try:
            assert self.target is not None
            await self._through.wait()
            back, there = await asyncio.open_connection(*self.target)
            self._open.add(there)
            await asyncio.gather(self._pump(reader, there), self._pump(back, writer))
        except (OSError, asyncio.CancelledError):
            pass  # one side is gone: the other goes too
        finally:
            for end in (writer, there):
                if end is not None:
                    self._open.discard(end)
                    end.close()
            self._tasks.discard(task)

    async def _pump(self, source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        while piece := await source.read(_PIECE):
            await self._through.wait()
            if self._delay:
                await asyncio.sleep(self._delay)
            to.write(piece)
            await to.drain()
        with suppress(OSError):
            to.write_eof()
