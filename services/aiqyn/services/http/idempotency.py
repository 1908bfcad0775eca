"""`Idempotency-Key` on any POST (IETF draft): the first answer again, instead of doing it twice."""

from __future__ import annotations

import hashlib
import re

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aiqyn.services.accounts import idempotency as kept
from aiqyn.services.http.context import Context
from aiqyn.services.http.problems import Problem, from_http, unavailable
from aiqyn.services.http.security import caller
from aiqyn.services.store.errors import StoreUnavailable

_NOT_HERE = re.compile(r"/v1/(session|users|keys|webhooks|reveals)(/|$)|/(login|logout|oidc)")
RUN = "aiqyn.idempotency"
"""Where the scope of a request holds its `Run`."""
_NOTHING_DONE = (401, 403, 429)
_KEY = re.compile(r'"?([\x21\x23-\x7e]{1,255})"?')


class Idempotency:
    """ASGI between the edge and the application."""

    def __init__(self, app: ASGIApp, context: Context) -> None:
        self._app = app
        self._context = context

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        text = Request(scope).headers.get("idempotency-key")
        if text is None:
            await self._app(scope, receive, send)
            return
        try:
            await self._once(scope, receive, send, _key(scope["path"], text))
        except Problem as problem:
            await problem.response()(scope, receive, send)
        except HTTPException as error:
            await from_http(error).response()(scope, receive, send)
        except StoreUnavailable as error:
            await unavailable(error).response()(scope, receive, send)

    async def _once(self, scope: Scope, receive: Receive, send: Send, key: str) -> None:
        found = await run_in_threadpool(caller, Request(scope), self._context)
        if found is None:
            await self._app(scope, receive, send)
            return
        body = await _whole(receive)
        engine, account = self._context.engine, found.name
        about = _fingerprint(scope, body, ",".join(sorted(found.scopes)))
        begun = await run_in_threadpool(kept.begin, engine, account, key, about)
        if begun == "other":
            raise Problem(422, "idempotency.reused", "this Idempotency-Key came with another request before")
        if begun == "running":
            raise Problem(409, "idempotency.running", "the first request of this key still runs")
        if isinstance(begun, kept.Answer):
            await _give(begun, send)
            return
        answer: kept.Answer | None = None
        try:
            scope[RUN] = begun
            answer = await self._first(scope, receive, body)
        finally:
            if answer is None or answer.status >= 500:
                await run_in_threadpool(kept.unknown, engine, account, key)
            else:
                done = None if answer.status in _NOTHING_DONE else answer
                await run_in_threadpool(kept.finish, engine, account, key, done)
        await _give(answer, send)

    async def _first(self, scope: Scope, receive: Receive, body: bytes) -> kept.Answer:
        start: Message = {}
        pieces: list[bytes] = []
        given = False

        async def replay() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                pieces.append(message.get("body", b""))

        await self._app(scope, replay, keep)
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in start["headers"]]
        return kept.Answer(start["status"], headers, b"".join(pieces))


def run_of(request: Request) -> kept.Run | None:
    """The run of a request that carries an Idempotency-Key; None: it carries none."""
    found: kept.Run | None = request.scope.get(RUN)
    return found


def _key(path: str, text: str) -> str:
    if _NOT_HERE.match(path):
        raise Problem(400, "idempotency.notHere", "an Idempotency-Key is not taken here: secrets are shown once")
    match = _KEY.fullmatch(text.strip())
    if match is None:
        raise Problem(400, "parameter.invalid", "Idempotency-Key: 1 to 255 visible ASCII characters are wanted")
    return match[1]


def _fingerprint(scope: Scope, body: bytes, scopes: str) -> bytes:
    media = dict(scope["headers"]).get(b"content-type", b"")
    parts = (scope["path"].encode(), scope["query_string"], media, scopes.encode(), body)
    return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).digest()


async def _whole(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Problem(400, "body.unreadable", "the body was broken off")
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(body)


async def _give(answer: kept.Answer, send: Send) -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
