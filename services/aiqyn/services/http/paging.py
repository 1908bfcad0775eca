"""Lists: `{"items","next","total"}` with an opaque cursor; the same `next` as a Link header (RFC 8288)."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Annotated
from urllib.parse import urlencode

import msgspec
from fastapi import Query, Request, Response

from aiqyn.services.http.problems import Problem

DEFAULT_LIMIT = 50
MOST = 1000
Limit = Annotated[int, Query(ge=1, le=MOST, description="Items of one page.")]
Cursor = Annotated[str | None, Query(max_length=500, description="A place in a walk; `next` has it.")]


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


def number(cursor: str | None) -> int | None:
    """The place of a walk by one whole number. Raises Problem 400."""
    place = unpack(cursor, 1)
    if place is None:
        return None
    if not isinstance(place[0], int) or isinstance(place[0], bool) or not 0 <= place[0] < 1 << 62:
        raise Problem(400, "parameter.invalid", "cursor: not one that we gave")
    return place[0]


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


def whole(
    request: Request, response: Response, found: Sequence[object], limit: int, cursor: str | None, count: bool
) -> dict[str, object]:
    """One page of a short list that is held whole, in its own order."""
    start = number(cursor) or 0
    following = pack(start + limit) if len(found) > start + limit else None
    return page(request, response, found[start : start + limit], following, len(found) if count else None)


def by_name(
    request: Request, response: Response, found: Mapping[str, object], limit: int, cursor: str | None, count: bool
) -> dict[str, object]:
    """One page of a short list that is held whole, in order of names."""
    place = unpack(cursor, 1)
    names = [name for name in sorted(found) if place is None or name > str(place[0])]
    following = pack(names[limit - 1]) if len(names) > limit else None
    items = [found[name] for name in names[:limit]]
    return page(request, response, items, following, len(found) if count else None)
