"""Reveals: restricted data shown for a purpose, and the access log of it (interfaces, section 8)."""

from __future__ import annotations

from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from aiqyn.services.http import paging
from aiqyn.services.http.context import Context, Ctx
from aiqyn.services.http.own_body import OwnBody
from aiqyn.services.http.problems import Problem, not_found
from aiqyn.services.http.reader import Reader, handles
from aiqyn.services.http.security import Caller, needs
from aiqyn.services.privacy.masking import is_person, mask
from aiqyn.services.reading import alerts as reading
from aiqyn.services.reading.clusters import Joined, names_of_one
from aiqyn.services.review import reveals

router = APIRouter(prefix="/v1/reveals", tags=["privacy"])


class Asked(OwnBody):
    alert: str | None = Field(default=None, max_length=100)
    entity: str | None = Field(default=None, max_length=400)
    purpose: str = Field(max_length=1000)


@router.post("", status_code=201)
def reveal(body: Asked, response: Response, ctx: Ctx, caller: Annotated[Caller, Depends(needs("reveal"))]) -> Any:
    """Show what was masked in an alert, or who an entity is; that it was shown, to whom and what for, is kept."""
    response.headers["Cache-Control"] = "no-store"
    if (body.alert is None) == (body.entity is None):
        raise Problem(422, "field.invalid", "either alert or entity is wanted", "/alert")
    if not body.purpose.strip():
        raise Problem(422, "field.missing", "say what for", "/purpose")
    if body.alert is not None:
        values = _of_alert(ctx, body.alert)
        entity = None
    else:
        values, entity = _of_entity(ctx, caller, body.entity or "")
    id = reveals.record(ctx.engine, caller.name, body.alert, entity, body.purpose.strip())
    return {"id": id, "values": values}


def _of_alert(ctx: Context, id: str) -> dict[str, Any]:
    """By JSON pointer, what masking takes out of the alert."""
    found = reading.one(ctx.engine, id)
    if found is None:
        raise not_found("there is no alert of this id")
    masked = mask(found, handles(ctx))["masked"]
    return {pointer: _at(found, pointer) for pointer in masked}


def _at(document: Any, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        document = document[int(step)] if isinstance(document, list) else document[step]
    return document


def _of_entity(ctx: Context, caller: Caller, name: str) -> tuple[dict[str, Any], str]:
    """The id behind a handle, and the other ids of the same person; and what is logged: the handle."""
    id = Reader(ctx, caller).resolve(name)
    ids = ctx.live.ask(names_of_one(id, Joined.BY_LIKENESS))
    if not ids:
        raise not_found("there is no such entity")
    values: dict[str, Any] = {"/id": id}
    others = [each for each in ids if each != id and (is_person(each) or each.startswith("REC:"))]
    values.update({f"/cluster/{place}": each for place, each in enumerate(others)})
    return values, handles(ctx).of(id)


@router.get("")
def listed(
    request: Request,
    response: Response,
    ctx: Ctx,
    caller: Annotated[Caller, Depends(needs("protect"))],
    by: Annotated[list[str], Query(max_length=64)] = [],
    alert: Annotated[list[str], Query(max_length=100)] = [],
    limit: paging.Limit = paging.DEFAULT_LIMIT,
    cursor: paging.Cursor = None,
    count: bool = False,
) -> dict[str, object]:
    """The access log: who saw what, when and what for; newest first."""
    place = cast("list[Any] | None", paging.unpack(cursor, 2))
    if place is not None and not (isinstance(place[0], int) and isinstance(place[1], str)):
        raise Problem(400, "parameter.invalid", "cursor: not one that we gave")
    after = (place[0], place[1]) if place is not None and abs(place[0]) < 1 << 62 else None
    rows = reveals.listed(ctx.engine, by, alert, after, limit + 1)
    following = paging.pack(rows[limit - 1].at, rows[limit - 1].id) if len(rows) > limit else None
    total = reveals.number(ctx.engine, by, alert) if count else None
    return paging.page(request, response, [reveals.shown(row) for row in rows[:limit]], following, total)
