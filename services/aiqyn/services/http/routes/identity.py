"""Who may be who (interfaces, section 6; scope read)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from aiqyn.services.http import paging
from aiqyn.services.http.context import Ctx
from aiqyn.services.http.problems import Problem
from aiqyn.services.http.reader import Reader
from aiqyn.services.http.security import Caller, needs
from aiqyn.services.reading.candidates import by_effect, candidates

router = APIRouter(prefix="/v1/identity", tags=["reading"])
Read = Annotated[Caller, Depends(needs("read"))]


@router.get("/candidates")
def listed(
    request: Request,
    response: Response,
    ctx: Ctx,
    caller: Read,
    limit: Annotated[int, Query(ge=1, le=paging.MOST)] = paging.DEFAULT_LIMIT,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    count: bool = False,
) -> dict[str, Any]:
    """Pairs of person records for review, those first whose decision would change most."""
    found = by_effect(ctx.engine, ctx.live.ask(candidates()))
    place = paging.unpack(cursor, 1)
    start = 0 if place is None else place[0]
    if not isinstance(start, int) or start < 0:
        raise Problem(400, "parameter.invalid", "cursor: not one that we gave")
    handles = Reader(ctx, caller).handles
    items = [
        {**pair, "left": handles.of(pair["left"]), "right": handles.of(pair["right"]), "masked": ["/left", "/right"]}
        for pair in found[start : start + limit]
    ]
    following = paging.pack(start + limit) if start + limit < len(found) else None
    return paging.page(request, response, items, following, len(found) if count else None)
