"""The page of one process or allocation: who took part, who got the money, what each rule answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from aiqyn.rules import messages
from aiqyn.services.http.context import Ctx
from aiqyn.services.http.pages.queue import chain, sums
from aiqyn.services.http.pages.site import CaseReader, render, spoken
from aiqyn.services.http.problems import not_found
from aiqyn.services.http.reader import Reader
from aiqyn.services.http.routes.allocations import masked
from aiqyn.services.i18n import writing
from aiqyn.services.reading import alerts as reading
from aiqyn.services.reading.allocations import AllocationFilter, allocations
from aiqyn.services.reading.names import names_of
from aiqyn.services.reading.published import Published, published, title
from aiqyn.services.reading.schemes import persons_among
from aiqyn.services.store.alert_filter import AlertFilter
from aiqyn.streams.outcomes import Outcomes, outcomes

router = APIRouter(include_in_schema=False)
Lang = str | None
_EVERY = reading.Review(suppressed=None)
_ALERTS = 200
_GOT = frozenset({"award", "contract"})


@router.get("/allocations/{id:path}")
def allocation(request: Request, id: str, ctx: Ctx, caller: CaseReader, lang: Lang = None) -> Response:
    """Who took part, who got the money, what the records are, and what each rule answers."""
    language = spoken(request)
    reader = Reader(ctx, caller, language)
    documents = ctx.live.ask(allocations(AllocationFilter(ocid=(id,)), None, 1))
    about = reading.listed(ctx.engine, AlertFilter(ocid=(id,), withdrawn=True), _EVERY, "priority", None, _ALERTS).items
    if not documents and not about:
        raise not_found("no record names this allocation")
    people = ctx.live.ask(persons_among({each["company"] for one in documents for each in one["companies"]}))
    document = masked(documents[0], reader.handles, people) if documents else None
    records = ctx.live.ask(published(id))
    answers = ctx.live.ask(lambda engine: outcomes(engine, id, _known(language)))
    parties = [_party(party, language) for party in document["companies"]] if document else []
    named = {party["company"] for party in parties} | ({document["buyer"]} if document and document["buyer"] else set())
    named |= {each.about for rule in answers.rules for each in rule.missing if each.about} if answers else set()
    public = sorted(name for name in named if reader.is_public(name))
    return render(
        request,
        "allocation.html",
        caller,
        "",
        id=id,
        title=title(ctx.engine, records, reader.handles),
        allocation=document,
        parties=parties,
        total=sums(party["amount"] for party in parties if party["stage"] in _GOT),
        records=[_record(each, language) for each in records],
        answers=_answers(answers, language),
        not_no=messages.text("outcome.not_no", _known(language)),
        chain=chain,
        alerts=[reader.alert(alert) for alert in about],
        names=ctx.live.ask(names_of(ctx.database.store, public)) | reader.names(about),
    )


def _known(lang: str) -> str:
    return lang if lang in messages.languages() else messages.DEFAULT


def _party(party: dict[str, Any], lang: str) -> dict[str, Any]:
    first, last = party["window"] or (None, None)
    return {**party, "when": f"{writing.day(first, lang)} – {writing.day(last, lang)}"}


def _record(record: Published, lang: str) -> dict[str, Any]:
    dated = writing.day(record.date[:10], lang) if record.date else ""
    return {**record._asdict(), "dated": dated}


def _answers(found: Outcomes | None, lang: str) -> list[dict[str, Any]]:
    """What each rule says, those that found something first, then those that could not tell."""
    if found is None or found.cancelled:
        return []
    order = {"triggered": 0, "insufficient": 1, "notTriggered": 2}
    rules = sorted(found.rules, key=lambda rule: (order[rule.result], rule.rule))
    return [
        {
            "rule": rule.rule,
            "title": rule.title,
            "answer": messages.text(f"outcome.{rule.result}", _known(lang)),
            "missing": _missing(((each.fact, each.about) for each in rule.missing), _known(lang)),
        }
        for rule in rules
    ]


def _missing(facts: Iterable[tuple[str, str | None]], lang: str) -> list[dict[str, Any]]:
    """Each kind of fact once, with the companies and bodies that it is missing of."""
    found: dict[str, list[str]] = {}
    for fact, about in facts:
        found.setdefault(fact, []).extend([about] if about else [])
    return [{"fact": messages.fact(fact, lang), "about": about} for fact, about in found.items()]
