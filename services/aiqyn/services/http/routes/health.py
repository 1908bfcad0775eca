"""Whether the server lives, whether it can work, and its metrics; without sign-in."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import JSONResponse, PlainTextResponse, Response

from aiqyn.services.http.context import context

STUCK_AFTER = 300
"""Seconds at one piece of work after which the engine counts as stuck; the longest batches take a few."""

router = APIRouter(tags=["health"])


@router.get("/livez", responses={503: {"description": "No progress."}})
async def livez(request: Request) -> JSONResponse:
    """The process answers, and neither its engine nor what runs beside it is stuck."""
    ctx = context(request)
    busy = max(ctx.live.busy(), ctx.pulse.longest())
    return JSONResponse({"status": "alive" if busy < STUCK_AFTER else "stuck"}, 200 if busy < STUCK_AFTER else 503)


@router.get("/readyz", responses={503: {"description": "Not ready."}})
async def readyz(request: Request) -> JSONResponse:
    """Whether it can work: the database answers, and so does what stands behind."""
    ctx = context(request)
    # not in the threads of the handlers: all of them may wait for the database
    checks = {"database": await asyncio.to_thread(ctx.probe.database), **ctx.live.checks()}
    ready = all(value == "ok" for value in checks.values())
    return JSONResponse({"status": "ready" if ready else "unready", "checks": checks}, 200 if ready else 503)


@router.get("/metrics", response_class=PlainTextResponse)
async def metrics() -> Response:
    """Metrics in the form of Prometheus."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
