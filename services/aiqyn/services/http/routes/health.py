"""Whether the server lives, whether it can work, and its metrics; without sign-in."""

from __future__ import annotations

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from starlette.responses import JSONResponse, Response

from aiqyn.services.http.context import Context, Ctx
from aiqyn.services.store.database import reading
from aiqyn.services.store.errors import StoreError

router = APIRouter(tags=["health"])


@router.get("/livez")
def livez() -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@router.get("/readyz")
def readyz(ctx: Ctx) -> JSONResponse:
    """Whether the database answers."""
    checks = {"database": _database(ctx)}
    ready = all(value == "ok" for value in checks.values())
    return JSONResponse({"status": "ready" if ready else "unready", "checks": checks}, 200 if ready else 503)


@router.get("/metrics")
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
