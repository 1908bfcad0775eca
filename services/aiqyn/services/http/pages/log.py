"""The audit log as a page: how large it is, what it says of itself, its leaves, and how to check it."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from aiqyn.services.audit import log as audit
from aiqyn.services.http import paging
from aiqyn.services.http.context import Ctx
from aiqyn.services.http.pages.site import Visitor, render, spoken
from aiqyn.services.http.routes.log import Kind

router = APIRouter(include_in_schema=False)
Lang = str | None
_SHOWN = 50
KINDS: tuple[Kind, ...] = (
    "alert", "action", "refusal", "reveal", "export", "rule", "account", "events", "dossier", "erasure",
)  # fmt: skip


@router.get("/log")
def log(
    request: Request,
    ctx: Ctx,
    caller: Visitor,
    kind: Kind | Literal[""] = "",
    ref: Annotated[str, Query(max_length=100)] = "",
    cursor: paging.Cursor = None,
    lang: Lang = None,
) -> Response:
    """The newest leaves first, of the kinds and about what is asked."""
    kinds = [kind] if kind else []
    refs = [ref.strip()] if ref.strip() else []
    found = audit.newest(ctx.engine, kinds, refs, paging.number(cursor), _SHOWN + 1)
    last = audit.last_checkpoint(ctx.engine)
    older = None
    if len(found) > _SHOWN:
        place = paging.pack(found[_SHOWN - 1]["id"])
        older = f"/log?{urlencode([('kind', kind), ('ref', ref), ('lang', spoken(request)), ('cursor', place)])}"
    return render(
        request,
        "log.html",
        caller,
        "log",
        leaves=[_leaf(leaf, "read" in caller.scopes) for leaf in found[:_SHOWN]],
        size=audit.count(ctx.engine, (), ()),
        last=last,
        total=audit.count(ctx.engine, kinds, refs),
        kinds=KINDS,
        chosen=kind,
        ref=ref.strip(),
        older=older,
    )


def _leaf(leaf: dict[str, object], reads: bool) -> dict[str, Any]:
    """The leaf with the page that it is about, where the reader may open it."""
    about, kind = str(leaf["ref"]), leaf["kind"]
    alert = about.partition("#")[0] if kind in ("alert", "dossier") else None
    href = f"/alerts/{alert}" if alert else f"/rules/{about.partition('#')[0]}" if kind == "rule" else None
    return {**leaf, "href": href if reads else None}
