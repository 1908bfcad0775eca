"""Publishing (interfaces, section 5)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy import insert
from starlette.responses import JSONResponse

from aiqyn.schemas.errors import Problem as Doubt
from aiqyn.schemas.errors import Rejected
from aiqyn.services import moments
from aiqyn.services.files import Incoming
from aiqyn.services.http import paging, submissions
from aiqyn.services.http.bodies import bounded_body
from aiqyn.services.http.context import Context, Ctx
from aiqyn.services.http.problems import Problem
from aiqyn.services.http.security import Caller, needs
from aiqyn.services.reading import events as ledger
from aiqyn.services.store.database import writing
from aiqyn.services.store.tables import submission
from aiqyn.streams.batch import Verdict, judge, passes, passes_raw

router = APIRouter(prefix="/v1/events", tags=["publishing"])
Format = Literal["auto", "cloudevents", "ocds", "bods"]
_MEDIA = (submissions.SINGLE, submissions.BATCH, submissions.LINES, submissions.JSON)
_BODY = {"requestBody": {"required": True, "content": {media: {"schema": {}} for media in _MEDIA}}}


@router.post("", openapi_extra=_BODY)
def publish(
    request: Request,
    ctx: Ctx,
    body: Annotated[bytes, Depends(bounded_body)],
    caller: Annotated[Caller, Depends(needs("publish"))],
    format: Format = "auto",
    source: Annotated[str | None, Query(max_length=1024)] = None,
    dryRun: bool = False,
) -> Response:
    """Send one event, a batch, or lines of events; a verdict for each, once they are durable."""
    found = submissions.records(body, request.headers, format, source, ctx.settings)
    found = submissions.allowed(found, caller)
    changes: dict[str, int] = {}
    if dryRun:
        verdicts = [_judged(ctx, record) for record in found]
    else:
        verdicts, changes = _take(ctx, caller, found)
    with_alerts = "read" in caller.scopes and not dryRun
    members = submissions.answer(verdicts, with_alerts, changes)
    went = submissions.outcome(verdicts)
    if went in ("none", "conflicts") and verdicts:
        first = next(problem for verdict in verdicts for problem in verdict.errors)
        status = 409 if went == "conflicts" else 422
        return Problem(status, first.code, first.detail, errors=(first,), members=members).response()
    return JSONResponse(members, {"taken": 200, "queued": 202, "some": 207}.get(went, 200))


def _take(ctx: Context, caller: Caller, found: list[Incoming]) -> tuple[list[Verdict], dict[str, int]]:
    if not found:
        return [], {}
    verdicts = ctx.live.submit(found)
    names = [(verdict.source, verdict.id) for verdict in verdicts if verdict.status == "accepted"]
    known = ctx.database.store.known([(source or "", id or "") for source, id in names])
    rows = [{"seq": entry.seq, "account": caller.name} for entry in known.values()]
    if rows:
        with writing(ctx.engine) as connection:
            connection.execute(insert(submission), rows)
    changed = [alert for verdict in verdicts for alert in verdict.alerts]
    return verdicts, ledger.changes(ctx.engine, [entry.seq for entry in known.values()]) if changed else {}


def _judged(ctx: Context, record: Incoming) -> Verdict:
    """The verdict without effect."""
    event = record.event
    if event is None:
        assert record.error is not None
        error = record.error
        raw = passes_raw(record.raw)
        return Verdict(error.source, error.id, error.type, "rejected", None, raw, errors=error.problems)
    known = ctx.database.store.known([(event.source, event.id)]).get((event.source, event.id))
    if known is not None and known.content_hash == event.content_hash:
        return Verdict(event.source, event.id, event.type, "duplicate", None, passes(event))
    if known is not None:
        why = Doubt("event.conflict", "/id", "an event of this source and id has other content")
        return Verdict(event.source, event.id, event.type, "conflict", None, passes(event), errors=(why,))
    try:
        judged = judge(event)
    except Rejected as error:
        return Verdict(event.source, event.id, event.type, "rejected", None, passes(event), errors=error.problems)
    return Verdict(event.source, event.id, event.type, "accepted", None, judged.conforms, quality=judged.issues)


@router.get("")
def events(
    request: Request,
    response: Response,
    ctx: Ctx,
    caller: Annotated[Caller, Depends(needs("publish", "read"))],
    source: Annotated[list[str], Query(max_length=100)] = [],
    id: Annotated[list[str], Query(max_length=100)] = [],
    type: Annotated[list[str], Query(max_length=100)] = [],
    status: Annotated[list[Literal["accepted", "conflict", "rejected"]], Query(max_length=3)] = [],
    state: Annotated[list[Literal["applied", "parked", "superseded", "queued"]], Query(max_length=4)] = [],
    since: Annotated[str | None, Query(max_length=40)] = None,
    include: Literal["data"] | None = None,
    limit: Annotated[int, Query(ge=1, le=paging.MOST)] = paging.DEFAULT_LIMIT,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    count: bool = False,
) -> dict[str, Any]:
    """What was sent, refused records too: a publisher's own, or everything for readers."""
    after = paging.unpack(cursor, 2)
    try:
        start = moments.parse(since) if since else None
    except ValueError:
        raise Problem(400, "parameter.invalid", "since: an instant (RFC 3339) is wanted") from None
    own = None if "read" in caller.scopes else ledger.Owner(caller.name, caller.sources)
    wanted = ledger.EventFilter(tuple(source), tuple(id), tuple(type), tuple(status), tuple(state), start, own)
    found = ledger.events(ctx.engine, wanted, after, limit + 1)
    total = ledger.count(ctx.engine, wanted) if count else None
    items = [ledger.as_json(record, include == "data" and own is not None) for record in found[:limit]]
    following = paging.pack(*found[limit - 1].place) if len(found) > limit else None
    return paging.page(request, response, items, following, total)
