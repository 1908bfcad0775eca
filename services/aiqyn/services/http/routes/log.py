"""The audit log (interfaces, section 8): C2SP tlog-tiles, proofs and the list of leaves."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from aiqyn.services.audit import log, sequencer, tiles
from aiqyn.services.audit.notes import Signer
from aiqyn.services.http import paging
from aiqyn.services.http.context import Context, Ctx
from aiqyn.services.http.problems import not_found
from aiqyn.services.http.security import Caller, MaybeCaller, key_scheme, needs, session_scheme, unauthorized
from aiqyn.services.store.database import reading

router = APIRouter(prefix="/v1/log", tags=["log"])
_TEXT = "text/plain; charset=utf-8"
_BYTES = "application/octet-stream"
_FOR_EVER = {"Cache-Control": "private, max-age=31536000, immutable"}
_READS = frozenset({"read"})
_WORDS = frozenset({"review", "protect"})
"""Who may read what people wrote about people."""
_SHOWN = {
    "account": frozenset({"administer"}), "reveal": frozenset({"protect"}), "export": frozenset({"protect"}),
    "action": _WORDS, "refusal": _WORDS, "erasure": frozenset({"protect"}),
}  # fmt: skip
"""Which scopes see the documents of a kind. Alerts are read as alerts."""
Kind = Literal["alert", "action", "refusal", "reveal", "export", "rule", "account", "events", "dossier", "erasure"]


def reader(
    ctx: Ctx,
    found: MaybeCaller,
    _key: Annotated[object, Depends(key_scheme)],
    _session: Annotated[object, Depends(session_scheme)],
) -> None:
    """Anybody signed in; with AIQYN_AUDIT_PUBLIC anybody. Raises Problem 401."""
    if found is None and not ctx.settings.audit_public:
        raise unauthorized()


reader.__dict__["scopes"] = ()
Public = Depends(reader)


def signer(ctx: Context) -> Signer:
    """The key of the server's log."""
    return sequencer.signer_of(ctx.settings, ctx.engine)


@router.get("/checkpoint", dependencies=[Public], response_class=Response)
def checkpoint(ctx: Ctx) -> Response:
    """The newest checkpoint: a signed note of the log, with the cosignatures of its witnesses."""
    with reading(ctx.engine) as connection:
        note = sequencer.last(connection)
    return Response(note or sequencer.advance(ctx.engine, signer(ctx)), media_type=_TEXT)


@router.get("/tile/entries/{place:path}", dependencies=[Public], response_class=Response)
def entries(place: Annotated[str, Path(max_length=100)], ctx: Ctx) -> Response:
    """Leaves of a tile, each after its length in two bytes."""
    number, width = _place(place)
    return _tile(log.entries(ctx.engine, number, width), width)


@router.get("/tile/{level}/{place:path}", dependencies=[Public], response_class=Response)
def tile(level: Annotated[int, Path(ge=0, le=7)], place: Annotated[str, Path(max_length=100)], ctx: Ctx) -> Response:
    """Hashes of a tile, 32 bytes each."""
    number, width = _place(place)
    return _tile(log.tile(ctx.engine, level, number, width), width)


def _place(text: str) -> tuple[int, int]:
    try:
        number, width = tiles.read_path(text)
    except ValueError:
        raise not_found() from None
    if number >= 1 << 54:
        raise not_found()
    return number, width


def _tile(content: bytes | None, width: int) -> Response:
    if content is None:
        raise not_found("the log has no such tile yet")
    return Response(content, media_type=_BYTES, headers=_FOR_EVER if width == tiles.WIDTH else None)


@router.get("/proof", dependencies=[Public], response_class=Response)
def proof(ctx: Ctx, index: Annotated[int, Query(ge=0, lt=1 << 62)]) -> Response:
    """The proof that a leaf is in the log; a checkpoint is made if need be."""
    found = log.proof(ctx.engine, signer(ctx), index)
    if found is None:
        raise not_found("the log has no leaf of this index")
    return Response(found, media_type=_TEXT)


@router.get("/leaves")
def leaves(
    request: Request,
    response: Response,
    ctx: Ctx,
    caller: Annotated[Caller, Depends(needs())],
    kind: Annotated[list[Kind], Query()] = [],
    ref: Annotated[list[str], Query(max_length=100)] = [],
    limit: paging.Limit = paging.DEFAULT_LIMIT,
    cursor: paging.Cursor = None,
    count: bool = False,
) -> dict[str, Any]:
    """Leaves in the order in which they were written; documents and salts for those who may see them."""
    found = log.listed(ctx.engine, kind, ref, paging.number(cursor) or 0, limit + 1)
    total = log.count(ctx.engine, kind, ref) if count else None
    following = paging.pack(found[limit - 1]["id"]) if len(found) > limit else None
    items = [_shown(item, caller) for item in found[:limit]]
    return paging.page(request, response, items, following, total)


def _shown(item: dict[str, Any], caller: Caller) -> dict[str, Any]:
    """The leaf; its document only where nothing restricted can stand in it."""
    shown = {name: item[name] for name in ("index", "kind", "at", "ref", "commit")}
    document = item["document"]
    persons = (
        isinstance(document, dict) and isinstance(document.get("scope"), dict) and document["scope"].get("persons")
    )
    if document is not None and not persons and _SHOWN.get(item["kind"], _READS) & caller.scopes:
        shown.update(document=document, salt=item["salt"])
    return shown
