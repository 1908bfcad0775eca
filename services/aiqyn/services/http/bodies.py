"""Bodies of requests, bounded while they are read and while they are decompressed."""

from __future__ import annotations

import zlib

from fastapi import Request

from aiqyn.services.http.context import context
from aiqyn.services.http.limits import too_large
from aiqyn.services.http.problems import Problem


async def bounded_body(request: Request) -> bytes:
    """The body, decompressed. Raises Problem 413 where it is larger than AIQYN_MAX_BODY_BYTES, 415 for another
    encoding than gzip, 400 for damaged data."""
    limit = context(request).settings.max_body_bytes
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip", ""):
        raise Problem(415, "media.unsupported", f"Content-Encoding {encoding!r} is not taken; gzip is")
    body = bytearray()
    async for piece in request.stream():
        body += piece
    return _inflated(bytes(body), limit) if encoding == "gzip" else bytes(body)


def _inflated(body: bytes, limit: int) -> bytes:
    """gzip members one after the other; never more than the limit is held."""
    whole = bytearray()
    while body:
        inflate = zlib.decompressobj(wbits=31)
        try:
            whole += inflate.decompress(body, limit + 1 - len(whole))
        except zlib.error as error:
            raise Problem(400, "input.gzip", f"the compressed body is damaged: {error}") from None
        if len(whole) > limit:
            raise too_large(limit)
        if not inflate.eof:
            raise Problem(400, "input.gzip", "the compressed body is cut short")
        body = inflate.unused_data.lstrip(b"\0")
    return bytes(whole)
