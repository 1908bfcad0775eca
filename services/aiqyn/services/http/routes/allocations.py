"""Processes and allocations (interfaces, section 6; scope read)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from aiqyn.services import moments
from aiqyn.services.http import paging
from aiqyn.services.http.context import Ctx
from aiqyn.services.http.exporting import Asked, asked_for, export
from aiqyn.services.http.parameters import Day, FromDay, Instant, Words
from aiqyn.services.http.past import at
from aiqyn.services.http.problems import Problem
from aiqyn.services.http.reader import Reader
from aiqyn.services.http.security import Caller, needs
from aiqyn.services.privacy.handles import Handles, Naming
from aiqyn.services.reading.allocations import AllocationFilter, allocations, walk, with_alerts
from aiqyn.services.reading.schemes import persons_among

router = APIRouter(prefix="/v1/allocations", tags=["reading"])
Read = Annotated[Caller, Depends(needs("read"))]
COLUMNS = ("id", "ocid", "allocation", "kind", "cancelled", "buyer", "window", "companies", "alerts")


@router.get("")
def listed(
    request: Request,
    response: Response,
    ctx: Ctx,
    caller: Read,
    ocid: Words = [],
    buyer: Words = [],
    company: Words = [],
    from_: FromDay = None,
    to: Day = None,
    validAt: Day = None,
    knownAt: Instant = None,
    format: Asked | None = None,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
    cursor: paging.Cursor = None,
    count: bool = False,
) -> Any:
    """Processes and allocations by id, each with its window, companies, amounts and alerts."""
    reader = Reader(ctx, caller)
    wanted = AllocationFilter(
        ocid=tuple(ocid),
        buyer=tuple(map(reader.resolve, buyer)),
        company=tuple(map(reader.resolve, company)),
        first=_latest(_day(from_, "from"), _day(validAt, "validAt")),
        last=_earliest(_day(to, "to"), _day(validAt, "validAt")),
    )
    past = at(ctx, knownAt)
    kind = asked_for(request, format)
    total = sum(1 for _ in walk(past.ask, wanted)) if count or kind else None
    if kind is not None:
        fresh = Handles.fresh()
        rows = with_alerts(ctx.engine, list(walk(past.ask, wanted)), _instant(knownAt))
        people = past.ask(persons_among(_companies(rows)))
        shown = (masked(row, fresh, people) for row in rows)
        return export(ctx, caller, "allocations", shown, COLUMNS, len(rows), kind)
    place = paging.unpack(cursor, 1)
    found = past.ask(allocations(wanted, None if place is None else str(place[0]), limit + 1))
    rows = with_alerts(ctx.engine, found[:limit], _instant(knownAt))
    people = past.ask(persons_among(_companies(rows)))
    items = [masked(each, reader, people) for each in rows]
    following = paging.pack(items[-1]["id"]) if len(found) > limit else None
    return paging.page(request, response, items, following, total)


def _companies(rows: Iterable[dict[str, Any]]) -> set[str]:
    return {party["company"] for row in rows for party in row["companies"]}


def masked(document: dict[str, Any], handles: Naming, people: frozenset[str]) -> dict[str, Any]:
    """The allocation with handles for natural persons among its companies; `masked` lists their pointers."""
    pointers: list[str] = []
    companies = []
    for place, party in enumerate(document["companies"]):
        if party["company"] in people and handles.of(party["company"]) != party["company"]:
            pointers.append(f"/companies/{place}/company")
            party = {**party, "company": handles.of(party["company"])}
        companies.append(party)
    return {**document, "companies": companies, "masked": pointers}


def _latest(*days: str | None) -> str | None:
    return max((day for day in days if day is not None), default=None)


def _earliest(*days: str | None) -> str | None:
    return min((day for day in days if day is not None), default=None)


def _instant(text: str | None) -> int | None:
    return moments.parse_known_at(text) if text else None


def _day(text: str | None, name: str) -> str | None:
    if not text:
        return None
    try:
        return moments.parse_day(text)
    except ValueError:
        raise Problem(400, "parameter.invalid", f"{name}: a day (YYYY-MM-DD) is wanted, not {text!r}") from None
