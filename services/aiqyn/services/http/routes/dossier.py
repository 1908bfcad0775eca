"""Dossiers (interfaces, section 8; scopes export and reveal)."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import select

from aiqyn.services import moments
from aiqyn.services.audit import leaves
from aiqyn.services.audit.dossier.make import dossier as made
from aiqyn.services.http.context import Context, Ctx
from aiqyn.services.http.problems import Problem, not_found
from aiqyn.services.http.routes.log import signer
from aiqyn.services.http.security import Caller, needs
from aiqyn.services.reading.names import names_in
from aiqyn.services.review import reveals
from aiqyn.services.store import tables
from aiqyn.services.store.database import reading, writing
from aiqyn.streams.explain import explain
from aiqyn.streams.moments import rfc3339

router = APIRouter(prefix="/v1/alerts", tags=["log"])


@router.get("/{id}/dossier", response_class=Response)
def dossier(
    id: str,
    ctx: Ctx,
    caller: Annotated[Caller, Depends(needs("export+reveal"))],
    purpose: Annotated[str | None, Query(max_length=1000)] = None,
    lang: Annotated[str, Query(pattern="^(en|kk|ru)$")] = "en",
) -> Response:
    """The ZIP of an alert with its evidence and proofs. Needs the scope export too, and a purpose unless the alert is
    assigned to the caller."""
    with reading(ctx.engine) as connection:
        row = connection.execute(select(tables.alert.c.assignee).where(tables.alert.c.id == id)).first()
    if row is None:
        raise not_found("there is no alert of this id")
    mine = row.assignee == caller.name
    if not mine and not (purpose or "").strip():
        raise Problem(400, "parameter.invalid", "purpose: say what for, since the alert is not assigned to you")
    _tell(ctx, caller, id, None if mine else purpose)
    raw = made(ctx.engine, signer(ctx), id, lambda last: _explained(ctx, last, lang))
    if raw is None:
        raise not_found("there is no alert of this id")
    headers = {"Content-Disposition": f'attachment; filename="dossier-{id}.zip"', "Cache-Control": "no-store"}
    return Response(raw, media_type="application/zip", headers=headers)


def _explained(ctx: Context, last: dict[str, Any], lang: str) -> tuple[dict[str, Any], dict[str, str]]:
    store = ctx.database.store
    return ctx.live.ask(
        lambda engine: (msgspec.to_builtins(explain(engine, store, last, lang)), names_in(store, last)(engine))
    )


def _tell(ctx: Context, caller: Caller, alert: str, purpose: str | None) -> None:
    """That restricted data leave, and whose wish it was; without assignment: a reveal with its purpose."""
    at = moments.now()
    with writing(ctx.engine) as connection:
        about = {"what": "dossier", "alert": alert, "by": caller.name, "at": rfc3339(at)}
        leaves.record(connection, "export", alert, {"id": alert, **about}, at)
    if purpose is not None:
        reveals.record(ctx.engine, caller.name, alert, None, purpose)
