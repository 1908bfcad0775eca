"""Publishing (interfaces, section 5)."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.responses import JSONResponse

from aiqyn.services import moments
from aiqyn.services.accounts import keys
from aiqyn.services.files import Incoming
from aiqyn.services.http import paging, submissions
from aiqyn.services.http.bodies import bounded_body
from aiqyn.services.http.context import Context, Ctx
from aiqyn.services.http.dry_run import judged
from aiqyn.services.http.problems import Problem, wanted_language
from aiqyn.services.http.reader import handles
from aiqyn.services.http.security import Caller, needs
from aiqyn.services.metrics import ALERTS, EVENT_TO_ALERT
from aiqyn.services.privacy.telling import telling
from aiqyn.services.reading import events as ledger
from aiqyn.services.reading.event_states import EventState, states_of
from aiqyn.streams.verdicts import Verdict

router = APIRouter(prefix="/v1/events", tags=["publishing"])
Format = Literal["auto", "cloudevents", "ocds", "bods"]
_MEDIA = (submissions.SINGLE, submissions.BATCH, submissions.LINES, submissions.JSON)
_LOOKED_THROUGH = 20
"""Thousands of records that one page may look through for a state."""
_WAIT = re.compile(r'(?:^|[,;])\s*wait\s*=\s*"?(\d{1,3})"?\s*(?:$|[,;])', re.IGNORECASE)
_LONGEST_WAIT = 30
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "All records were taken."},
    202: {"description": "All records were taken, some are queued.", "content": {"application/json": {}}},
    207: {"description": "Some records were refused.", "content": {"application/json": {}}},
}
_BODY = {"requestBody": {"required": True, "content": {media: {"schema": {}} for media in _MEDIA}}}


@router.post("", openapi_extra=_BODY, responses=_ANSWERS)
def publish(
    request: Request,
    ctx: Ctx,
    caller: Annotated[Caller, Depends(needs("publish"))],
    body: Annotated[bytes, Depends(bounded_body)],
    format: Format = "auto",
    source: Annotated[str | None, Query(min_length=1, max_length=1024)] = None,
    dryRun: bool = False,
) -> Response:
    """Send one event, a batch, or lines of events; a verdict for each, once they are durable."""
    wait = preferred_wait(request.headers.get("prefer"))
    found = submissions.records(body, request.headers, format, source, ctx.settings)
    found = submissions.allowed(found, caller)
    changes: list[ledger.Change] = []
    if dryRun:
        verdicts = judged(ctx.database.store, found)
    else:
        verdicts, changes = _take(ctx, caller, found, wait)
    with_alerts = "read" in caller.scopes and not dryRun
    members = submissions.answer(verdicts, with_alerts, changes)
    went = submissions.outcome(verdicts)
    headers = {} if wait is None else {"Preference-Applied": f"wait={wait}"}
    if went in ("none", "conflicts"):
        first = next(problem for verdict in verdicts for problem in verdict.errors)
        status = 409 if went == "conflicts" else 422
        return Problem(status, first.code, first.detail, errors=(first,), headers=headers, members=members).response(
            wanted_language(request)
        )
    return JSONResponse(members, {"taken": 200, "queued": 202, "some": 207}[went], headers)


def _take(
    ctx: Context, caller: Caller, found: list[Incoming], wait: int | None
) -> tuple[list[Verdict], list[ledger.Change]]:
    if not found:
        return [], []
    began = time.perf_counter()
    verdicts = ctx.live.submit(found, account=caller.name)
    if wait:
        verdicts = ctx.live.settled(verdicts, wait)
    verdicts = _with_states(ctx, verdicts)
    if not any(verdict.alerts for verdict in verdicts):
        return verdicts, []
    names = [(verdict.source or "", verdict.id or "") for verdict in verdicts if verdict.alerts]
    changes = ledger.changes(ctx.engine, [entry.seq for entry in ctx.database.store.known(names).values()])
    if ctx.live.judges:  # else the workers count
        EVENT_TO_ALERT.observe(time.perf_counter() - began)
        for change in changes:
            ALERTS.labels(change.change, change.rule).inc(change.number)
    return verdicts, changes


def _with_states(ctx: Context, verdicts: list[Verdict]) -> list[Verdict]:
    """Duplicates with the state of the event that was there before them."""
    again = {(found.source, found.id) for found in verdicts if found.status == "duplicate" and found.state == "applied"}
    if not again:
        return verdicts
    known = ctx.database.store.known({(source or "", id or "") for source, id in again})
    states = ctx.live.ask(states_of(ctx.database.store, [each.seq for each in known.values() if not each.erased]))
    found = {key: states[entry.seq] for key, entry in known.items() if entry.seq in states}
    return [
        verdict._replace(state=now.state, waiting_for=now.waiting_for)
        if verdict.status == "duplicate" and (now := found.get((verdict.source or "", verdict.id or ""))) is not None
        else verdict
        for verdict in verdicts
    ]


def preferred_wait(prefer: str | None) -> int | None:
    """Seconds of `Prefer: wait=N` (RFC 7240), at most 30; None: not asked for."""
    match = _WAIT.search(prefer or "")
    return min(int(match[1]), _LONGEST_WAIT) if match else None


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
    limit: paging.Limit = paging.DEFAULT_LIMIT,
    cursor: paging.Cursor = None,
    count: bool = False,
) -> dict[str, Any]:
    """What was sent, refused records too: a publisher's own, or everything for readers."""
    after = _place(cursor)
    own = owner(ctx, caller)
    readable = None if "read" in caller.scopes else own
    wanted = ledger.EventFilter(
        tuple(source), tuple(id), tuple(type), tuple(status), tuple(state), _instant(since), readable
    )
    found, states, following = _walk(ctx, wanted, after, limit, include == "data")
    total = _total(ctx, wanted) if count else None
    mine = ledger.owned(ctx.engine, own, found)
    told = ctx.live.ask(telling({record.id for record in found if record.id and record.place not in mine}))
    items = [
        ledger.as_json(
            record,
            states.get(record.seq or 0),
            include == "data",
            record.place in mine,
            handles(ctx),
            record.id in told,
        )
        for record in found
    ]
    return paging.page(request, response, items, following, total)


def owner(ctx: Context, caller: Caller) -> ledger.Owner:
    """Whose events are the caller's own: with a key, its sources; signed in, those of all keys of the user."""
    sources = caller.sources if caller.key_id is not None else keys.sources_of(ctx.engine, caller.name)
    return ledger.Owner(caller.name, sources)


def _place(cursor: str | None) -> list[object] | None:
    place = paging.unpack(cursor, 2)
    if place is not None and not all(isinstance(each, int) and abs(each) < 1 << 62 for each in place):
        raise Problem(400, "parameter.invalid", "cursor: not one that we gave")
    return place


def _instant(since: str | None) -> int | None:
    try:
        if since is None:
            return None
        return moments.day_start(since) if len(since) == 10 else moments.parse(since)
    except (ValueError, OverflowError):
        raise Problem(400, "parameter.invalid", "since: an instant (RFC 3339) or a day is wanted") from None


def _walk(
    ctx: Context, wanted: ledger.EventFilter, after: Sequence[object] | None, limit: int, with_content: bool
) -> tuple[list[ledger.Recorded], dict[int, EventState], str | None]:
    """One page: records, their states, and the cursor of the next. States are the engine's, so a filter by state looks
    through the records; a page ends after so many, even where it has found less than the limit."""
    kept: list[ledger.Recorded] = []
    states: dict[int, EventState] = {}
    for _ in range(_LOOKED_THROUGH):
        size = max(limit - len(kept), 1) if not wanted.state else paging.MOST
        found = ledger.events(ctx.engine, wanted, after, size + 1, with_content)
        part = found[:size]
        states |= ctx.live.ask(states_of(ctx.database.store, [each.seq for each in part if each.seq is not None]))
        for record in part:
            if wanted.state and (record.seq is None or states[record.seq].state not in wanted.state):
                after = record.place
                continue
            if len(kept) == limit:
                return kept, states, paging.pack(*kept[-1].place)
            kept.append(record)
            after = record.place
        if len(found) <= size:
            return kept, states, None
        if len(kept) == limit:
            break
    return kept, states, None if after is None else paging.pack(*after)


def _total(ctx: Context, wanted: ledger.EventFilter) -> int:
    if not wanted.state:
        return ledger.count(ctx.engine, wanted)
    number, after = 0, None
    while True:
        kept, _, following = _walk(ctx, wanted, after, paging.MOST, False)
        number += len(kept)
        if following is None:
            return number
        after = _place(following)
