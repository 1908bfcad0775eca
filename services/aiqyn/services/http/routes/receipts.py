"""Receipts (interfaces, section 8): whoever sent an event can prove that it came in, and what it said."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from aiqyn.services.audit import log
from aiqyn.services.http.context import Ctx
from aiqyn.services.http.problems import not_found
from aiqyn.services.http.routes.events import owner
from aiqyn.services.http.routes.log import signer
from aiqyn.services.http.security import Caller, needs
from aiqyn.services.reading import events as ledger

router = APIRouter(prefix="/v1/events", tags=["log"])


@router.get("/receipt")
def receipt(
    ctx: Ctx,
    caller: Annotated[Caller, Depends(needs("publish", "read"))],
    source: Annotated[str, Query(max_length=1024)],
    id: Annotated[str, Query(max_length=1024)],
) -> dict[str, Any]:
    """The receipt of an accepted event: publishers get those of their own events, readers all."""
    own = None if "read" in caller.scopes else owner(ctx, caller)
    wanted = ledger.EventFilter(source=(source,), id=(id,), status=("accepted",), owner=own)
    found = log.receipt(ctx.engine, signer(ctx), source, id) if ledger.events(ctx.engine, wanted, None, 1) else None
    if found is None:
        raise not_found("there is no such event that you may see, or it was erased")
    return found
