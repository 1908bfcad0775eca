"""Who may be who: the list of pairs, and two records side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from aiqyn.services.http.context import Context, Ctx
from aiqyn.services.http.pages.entities import may_read
from aiqyn.services.http.pages.queue import sums
from aiqyn.services.http.pages.site import Visitor, render, spoken
from aiqyn.services.http.problems import not_found
from aiqyn.services.http.reader import Reader
from aiqyn.services.reading import alerts as reading
from aiqyn.services.reading import graph
from aiqyn.services.reading.candidates import Pair, by_effect
from aiqyn.services.reading.candidates import listed as listed_pairs
from aiqyn.services.reading.comparison import Side, comparison
from aiqyn.services.reading.names import names_of

router = APIRouter(include_in_schema=False)
_SHOWN = 50
Lang = str | None
Name = Annotated[str, Query(max_length=300)]


@router.get("/identity")
def identity(request: Request, ctx: Ctx, caller: Visitor, lang: Lang = None, notice: str | None = None) -> Response:
    """Pairs of records that may be one person, those first whose decision would change most."""
    may_read(caller)
    reader = Reader(ctx, caller, spoken(request))
    found = _pairs(ctx)
    pairs = [_masked(reader, pair) for pair in found[:_SHOWN]]
    return render(
        request, "identity.html", caller, "identity", pairs=pairs, total=len(found),
        names=_public(ctx, reader, [pair[end] for pair in found[:_SHOWN] for end in ("left", "right")]),
    )  # fmt: skip


@router.get("/identity/pair")
def pair(request: Request, ctx: Ctx, caller: Visitor, left: Name, right: Name, lang: Lang = None) -> Response:
    """Are these two one person, and what hangs on it?"""
    may_read(caller)
    reader = Reader(ctx, caller, spoken(request))
    ours, theirs = reader.resolve(left), reader.resolve(right)
    found = ctx.live.ask(comparison(ctx.database.store, ours, theirs))
    if found is None:
        raise not_found("these two records are one already, or there is no such record")
    effect = by_effect(ctx.engine, [found.pair])[0]
    touched = [each for id in effect["alerts"] if (each := reading.one(ctx.engine, id)) is not None]
    unconfirmed = [each for each in touched if each["identity"] == "unconfirmed"]
    listed = _pairs(ctx)
    return render(
        request,
        "pair.html",
        caller,
        "identity",
        pair=_masked(reader, effect),
        ends=(reader.handles.of(ours), reader.handles.of(theirs)),
        place=_place(listed, found.pair),
        total=len(listed),
        neighbours=[None if each is None else _masked(reader, each) for each in _neighbours(listed, found.pair)],
        fields=found.fields,
        excluded=found.excluded,
        sides=[_side(ctx, reader, side) for side in (found.left, found.right)],
        names=_public(ctx, reader, [ours, theirs]),
        alerts=[reader.alert(each) for each in touched],
        touched_money=sums(each["amount"] for each in touched),
        unconfirmed=len(unconfirmed),
        unconfirmed_money=sums(each["amount"] for each in unconfirmed),
    )


def _pairs(ctx: Context) -> list[dict[str, Any]]:
    return listed_pairs(ctx.engine, ctx.live.ask)


def _place(listed: Sequence[dict[str, Any]], pair: Pair) -> int | None:
    """Its place in the list, from 1; None: it is not for review."""
    places = [at for at, each in enumerate(listed, 1) if (each["left"], each["right"]) == (pair.left, pair.right)]
    return places[0] if places else None


def _neighbours(listed: Sequence[dict[str, Any]], pair: Pair) -> list[dict[str, Any] | None]:
    """The pairs before and behind it."""
    place = _place(listed, pair)
    if place is None:
        return [None, None]
    return [listed[place - 2] if place > 1 else None, listed[place] if place < len(listed) else None]


def _masked(reader: Reader, pair: dict[str, Any]) -> dict[str, Any]:
    return {**pair, "left": reader.handles.of(pair["left"]), "right": reader.handles.of(pair["right"])}


def _side(ctx: Context, reader: Reader, side: Side) -> dict[str, Any]:
    """One side; ids of events that tell a person's number are left out."""
    places = [name for name in side.places if reader.is_public(name)]
    return {
        "records": side.records,
        "sources": [source._asdict() for source in side.sources[:5]],
        "places": list(ctx.live.ask(names_of(ctx.database.store, places)).values()),
    }


def _public(ctx: Context, reader: Reader, people: Sequence[str]) -> dict[str, str]:
    """Names of those who hold or held a post, by handle."""
    in_office = [
        name for name in dict.fromkeys(people)
        if ctx.live.ask(graph.links(ctx.database.store, name, None, ("holdsPost",))).total
    ]  # fmt: skip
    found = ctx.live.ask(names_of(ctx.database.store, in_office))
    return {reader.handles.of(name): label for name, label in found.items()}
