"""Lists: `{"items","next","total"}` with an opaque cursor; the same `next` as a Link header (RFC 8288)."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from urllib.parse import urlencode

import msgspec
from fastapi import Request, Response

from aiqyn.services.http.problems import Problem

DEFAULT_LIMIT = 50
MOST = 1000


def pack(*place: object) -> str:
    """A place in a walk as an opaque text."""
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def unpack(cursor: str | None, length: int) -> list[object] | None:
    """The place that `pack` wrote. Raises Problem 400 for another text."""
    if not cursor:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        place = msgspec.json.decode(base64.urlsafe_b64decode(padded.encode("ascii")), type=list[object])
    except (ValueError, msgspec.MsgspecError):
        place = []
    if len(place) != length:
        raise Problem(400, "parameter.invalid", "cursor: not one that we gave")
    return place


def page(
    request: Request, response: Response, items: Sequence[object], cursor: str | None, total: int | None = None
) -> dict[str, object]:
    """One page of a list; `cursor` leads to the next one, None: this is the last."""
    following = None
    if cursor is not None:
        pairs = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
        following = f"{request.url.path}?{urlencode([*pairs, ('cursor', cursor)])}"
        response.headers["Link"] = f'<{following}>; rel="next"'
    return {"items": list(items), "next": following, "total": total}
