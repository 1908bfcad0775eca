"""Sources, and whether everything received is accounted for (interfaces, section 6; scope read)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from aiqyn.services.http import paging
from aiqyn.services.http.context import Ctx
from aiqyn.services.http.security import Caller, needs
from aiqyn.services.reading import overview

router = APIRouter(prefix="/v1", tags=["reading"])
Read = Annotated[Caller, Depends(needs("read"))]


@router.get("/sources")
def sources(
    request: Request,
    response: Response,
    ctx: Ctx,
    caller: Read,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
    cursor: paging.Cursor = None,
    count: bool = False,
) -> dict[str, Any]:
    """By source: the last event, when it was recorded, counts, quality issues."""
    return paging.whole(request, response, overview.sources(ctx.engine), limit, cursor, count)
