"""Sources, and whether everything received is accounted for (interfaces, section 6; scope read)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from aiqyn.services.http.context import Ctx
from aiqyn.services.http.security import Caller, needs
from aiqyn.services.reading import overview

router = APIRouter(prefix="/v1", tags=["reading"])
Read = Annotated[Caller, Depends(needs("read"))]


@router.get("/sources")
def sources(ctx: Ctx, caller: Read) -> dict[str, Any]:
    """By source: the last event, when it was recorded, counts, quality issues."""
    items = overview.sources(ctx.engine)
    return {"items": items, "next": None, "total": len(items)}
