"""Who may be who (interfaces, section 6; scope read)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from aiqyn.services.http import paging
from aiqyn.services.http.context import Ctx
from aiqyn.services.http.reader import Reader
from aiqyn.services.http.security import Caller, needs
from aiqyn.services.reading.candidates import listed as pairs

router = APIRouter(prefix="/v1/identity", tags=["reading"])
Read = Annotated[Caller, Depends(needs("read"))]


@router.get("/candidates")
def listed(
    request: Request,
    response: Response,
    ctx: Ctx,
    caller: Read,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
    cursor: paging.Cursor = None,
    count: bool = False,
) -> dict[str, Any]:
    """Pairs of person records for review, those first whose decision would change most."""
    found = pairs(ctx.engine, ctx.live.ask)
    reader = Reader(ctx, caller)
    start = paging.number(cursor) or 0
    items = [_masked(pair, reader) for pair in found[start : start + limit]]
    following = paging.pack(start + limit) if start + limit < len(found) else None
    return paging.page(request, response, items, following, len(found) if count else None)


def _masked(pair: dict[str, Any], reader: Reader) -> dict[str, Any]:
    """The pair under the names that the caller may see."""
    shown = {side: reader.of(pair[side]) for side in ("left", "right")}
    return {**pair, **shown, "masked": [f"/{side}" for side in shown if shown[side] != pair[side]]}
