"""Whether the server lives, whether it can work, and its metrics; without sign-in."""

from __future__ import annotations

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from starlette.responses import JSONResponse, PlainTextResponse, Response

from aiqyn.services.http.context import Context, Ctx, context
from aiqyn.services.store.database import reading
from aiqyn.services.store.errors import StoreError

STUCK_AFTER = 300
"""Seconds at one piece of work after which the engine counts as stuck; the longest batches take a few."""

router = APIRouter(tags=["health"])


@router.get("/livez", responses={503: {"description": "No progress."}})
async def livez(request: Request) -> JSONResponse:
    """The process answers, and its engine is not stuck."""
    busy = context(request).live.busy()
    return JSONResponse({"status": "alive" if busy < STUCK_AFTER else "stuck"}, 200 if busy < STUCK_AFTER else 503)


@router.get("/readyz", responses={503: {"description": "Not ready."}})
def readyz(ctx: Ctx) -> JSONResponse:
    """Whether it can work: the database answers, and so does what stands behind."""
    checks = {"database": _database(ctx), **ctx.live.checks()}
    ready = all(value == "ok" for value in checks.values())
    return JSONResponse({"status": "ready" if ready else "unready", "checks": checks}, 200 if ready else 503)


@router.get("/metrics", response_class=PlainTextResponse)
def metrics() -> Response:
    """Metrics in the form of Prometheus."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _database(ctx: Context) -> str:
    try:
        with reading(ctx.engine) as connection:
            connection.execute(text("SELECT 1"))
    except StoreError:
        return "unavailable"
    return "ok"
