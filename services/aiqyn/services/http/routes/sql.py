"""Questions in SQL over pseudonymised copies of the views (interfaces, section 6; scope export)."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Depends, Query

from aiqyn.services import moments
from aiqyn.services.audit import leaves
from aiqyn.services.http.context import Ctx
from aiqyn.services.http.problems import Problem
from aiqyn.services.http.security import Caller, needs
from aiqyn.services.reading.open_views import OpenViews
from aiqyn.services.reading.sandbox import BadQuery, run
from aiqyn.services.store.database import writing
from aiqyn.streams.moments import rfc3339

router = APIRouter(prefix="/v1", tags=["reading"])
Export = Annotated[Caller, Depends(needs("export"))]


@router.get("/sql")
def sql(ctx: Ctx, caller: Export, query: Annotated[str, Query(min_length=1, max_length=10_000)]) -> dict[str, Any]:
    """One SELECT over the views `v1_*` in SQLite's dialect: at most 1 s and 1,000 rows; people under pseudonyms."""
    try:
        found = run(query, OpenViews(ctx.engine).rows)
    except BadQuery as error:
        raise Problem(400, "parameter.invalid", f"query: {error}") from None
    now, id = moments.now(), str(uuid4())
    told = {"id": id, "by": caller.name, "at": rfc3339(now), "what": "sql", "format": "json", "rows": len(found.rows)}
    with writing(ctx.engine) as connection:
        leaves.record(connection, "export", id, told, now)
    return {
        "columns": found.columns,
        "rows": found.rows,
        "truncated": found.truncated,
        "elapsedMs": found.elapsed,
    }
