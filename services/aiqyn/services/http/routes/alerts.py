"""Alerts (interfaces, section 6; scope read)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response

from aiqyn.rules import catalogue
from aiqyn.services import moments
from aiqyn.services.formats.rows import Format
from aiqyn.services.http import paging
from aiqyn.services.http.context import Context, Ctx
from aiqyn.services.http.exporting import Asked, asked_for, export
from aiqyn.services.http.parameters import Day, FromDay, Instant, Words
from aiqyn.services.http.problems import Problem, not_found
from aiqyn.services.http.reader import Reader, handles, texts
from aiqyn.services.http.routes.entities import matching
from aiqyn.services.http.security import Caller, needs
from aiqyn.services.i18n.catalogue import language
from aiqyn.services.privacy.handles import Handles
from aiqyn.services.privacy.masking import is_person, mask, people, tells_of
from aiqyn.services.reading import alerts as reading
from aiqyn.services.reading import counting, past_alerts
from aiqyn.services.reading.changes import feed, number_of
from aiqyn.services.reading.names import names_of
from aiqyn.services.review import suppressions
from aiqyn.services.store import reads
from aiqyn.services.store.alert_filter import AlertFilter, Mentioned
from aiqyn.streams.explain import explain

router = APIRouter(prefix="/v1", tags=["reading"])
COLUMNS = (
    "id", "rule", "ruleVersion", "profile", "title", "summary", "dataState", "withdrawnReason", "managed",
    "reviewStatus", "disposition", "severity", "certainty", "identity", "ocid", "allocation", "lots", "awards", "stage",
    "buyer", "company", "companies", "persons", "window", "dateBasis", "amount", "paths", "parameters", "retroactive",
    "pathsOmitted", "missing", "revision", "raisedAt", "updatedAt", "review", "masked",
)  # fmt: skip
"""Columns of an export, as the members of an alert."""
Read = Annotated[Caller, Depends(needs("read"))]
Lang = Literal["kk", "ru", "en"]


def tongue(request: Request, lang: str | None) -> str:
    """The language of titles and summaries: as asked for, else by Accept-Language, else English."""
    return language(lang, request.headers.get("accept-language"))


class Filters:
    """The filters of the queue, as a dependency."""

    def __init__(
        self,
        ctx: Ctx,
        caller: Read,
        rule: Words = [],
        severity: Annotated[list[Literal["critical", "high", "medium", "low", "info"]], Query()] = [],
        certainty: Annotated[list[Literal["certain", "possible"]], Query()] = [],
        identity: Annotated[list[Literal["identifier", "corroborated", "decided", "unconfirmed"]], Query()] = [],
        stage: Annotated[list[Literal["bid", "award", "contract"]], Query()] = [],
        ocid: Words = [],
        entity: Words = [],
        buyer: Words = [],
        company: Words = [],
        person: Words = [],
        reviewStatus: Annotated[list[Literal["open", "inReview", "closed"]], Query()] = [],
        disposition: Annotated[
            list[Literal["confirmed", "managed", "falseMatch", "notMaterial", "referred", "valuable"]], Query()
        ] = [],
        assignee: Words = [],
        suppressed: bool | None = None,
        changed: bool | None = None,
        managed: bool | None = None,
        retroactive: bool | None = None,
        from_: FromDay = None,
        to: Day = None,
        minAmount: Annotated[str | None, Query(max_length=40)] = None,
        validAt: Day = None,
        knownAt: Instant = None,
        all: bool = False,
        q: Annotated[str | None, Query(max_length=200)] = None,
    ) -> None:
        suppressions.refresh(ctx.engine)
        reader = Reader(ctx, caller)
        named = {"entity": entity, "buyer": buyer, "company": company, "person": person}
        found = {name: tuple(reader.resolve(value) for value in values if value) for name, values in named.items()}
        self.alert = AlertFilter(
            rule=_rules(rule),
            severity=tuple(severity),
            certainty=tuple(certainty),
            identity=tuple(identity),
            stage=tuple(stage),
            ocid=tuple(ocid),
            review_status=tuple(reviewStatus),
            disposition=tuple(disposition),
            managed=managed,
            retroactive=retroactive,
            raised_from=_day(from_, "from", moments.day_start),
            raised_before=_day(to, "to", moments.day_end),
            least_amount=_amount(minAmount),
            valid_at=_valid(validAt),
            known_at=_day(knownAt, "knownAt", moments.parse_known_at),
            withdrawn=all,
            mentioned=_mentioned(ctx, caller, reader, q),
            **found,
        )
        names = tuple({"me": caller.name, "none": ""}.get(name, name) for name in assignee)
        self.review = reading.Review(names, bool(suppressed), changed)


def _rules(ids: list[str]) -> tuple[str, ...]:
    try:
        return catalogue.known(value for value in ids if value)
    except ValueError as error:
        raise Problem(400, "parameter.invalid", f"rule: {error}") from None


def _mentioned(ctx: Context, caller: Caller, reader: Reader, words: str | None) -> Mentioned | None:
    """What the words may mean: ids, and entities whose public names have them."""
    if not words or not words.strip():
        return None
    found = matching(ctx, caller, words, 200)
    ids = tuple(reader.resolve(entity["handle"]) for entity in found)
    return Mentioned(words.strip(), ids)


def _day(text: str | None, name: str, parse: Any) -> int | None:
    if not text:
        return None
    try:
        return int(parse(text))
    except (ValueError, OverflowError):
        raise Problem(400, "parameter.invalid", f"{name}: a day (YYYY-MM-DD) is wanted, not {text!r}") from None


def _valid(text: str | None) -> str | None:
    _day(text, "validAt", moments.day_start)
    return text or None


def _amount(text: str | None) -> Decimal | None:
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or abs(value.adjusted()) > 30:
        raise Problem(400, "parameter.invalid", f"minAmount: a decimal number is wanted, not {text!r}")
    return value


@router.get("/alerts")
def listed(
    request: Request,
    response: Response,
    ctx: Ctx,
    caller: Read,
    filters: Annotated[Filters, Depends()],
    sort: Literal[
        "priority", "-priority", "raisedAt", "-raisedAt", "updatedAt", "-updatedAt", "amount", "-amount"
    ] = "priority",
    countBy: counting.By | None = None,
    lang: Lang | None = None,
    format: Asked | None = None,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
    cursor: paging.Cursor = None,
    count: bool = False,
) -> Any:
    """Alerts, those first that should be looked at first."""
    kind = asked_for(request, format)
    if kind is not None:
        return _file(ctx, caller, filters, sort, kind)
    if countBy is not None:
        items = _counted(ctx, caller, filters, countBy)
        return {"items": items, "next": None, "total": len(items)}
    reader = Reader(ctx, caller, tongue(request, lang))
    if filters.alert.known_at is not None:
        then = past_alerts.listed(ctx.engine, filters.alert, filters.review, sort, paging.unpack(cursor, 2), limit)
        following = None if then.after is None else paging.pack(*then.after)
        shown = _reviewed(ctx, reader, then.items)
        return paging.page(request, response, shown, following, then.total if count else None)
    found = reading.listed(ctx.engine, filters.alert, filters.review, sort, place(cursor, sort), limit)
    total = reading.count(ctx.engine, filters.alert, filters.review) if count else None
    following = None if found.after is None else paging.pack(*found.after)
    return paging.page(request, response, [reader.alert(item) for item in found.items], following, total)


_AT_ONCE = 500
"""Companies whose controllers are asked for at once."""
_LARGEST = {"priority": 1 << 15, "raisedAt": 1 << 62, "updatedAt": 1 << 62}


def place(cursor: str | None, sort: str) -> list[object] | None:
    """Where a walk in the order `sort` goes on. Raises Problem 400 for a cursor that is none of ours."""
    found = paging.unpack(cursor, 2)
    if found is None:
        return None
    value, largest = found[0], _LARGEST.get(sort.lstrip("-"))
    if largest is not None:
        right = isinstance(value, int) and not isinstance(value, bool) and abs(value) < largest
    else:
        right = value is None or (isinstance(value, int | float) and abs(value) < 1e300)
    if not right or not isinstance(found[1], str):
        raise Problem(400, "parameter.invalid", "cursor: not one that we gave")
    return found


def _reviewed(ctx: Context, reader: Reader, then: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Alerts of an earlier time, with what reviewers did since."""
    now = reading.some(ctx.engine, [alert["id"] for alert in then])
    return [reader.alert({**alert, "review": now[alert["id"]]["review"], "masked": []}) for alert in then]


def _file(ctx: Context, caller: Caller, filters: Filters, sort: str, kind: Format) -> Response:
    """Every alert of the filter, people under pseudonyms that are new in each export."""
    fresh = Handles.fresh()
    if filters.alert.known_at is None:
        number = reading.count(ctx.engine, filters.alert, filters.review)
        rows = (mask(alert, fresh) for alert in _every(ctx, filters, sort))
        return export(ctx, caller, "alerts", rows, COLUMNS, number, kind)
    then = past_alerts.listed(ctx.engine, filters.alert, filters.review, sort, None, 1 << 62).items
    documents = ({**alert, "review": None, "masked": []} for alert in then)
    return export(ctx, caller, "alerts", (mask(each, fresh) for each in documents), COLUMNS, len(then), kind)


def _every(ctx: Context, filters: Filters, sort: str) -> Iterator[dict[str, Any]]:
    after: tuple[object, ...] | None = None
    while True:
        found = reading.listed(ctx.engine, filters.alert, filters.review, sort, after, 500)
        yield from found.items
        if found.after is None:
            return
        after = found.after


def _counted(ctx: Context, caller: Caller, filters: Filters, by: counting.By) -> list[dict[str, Any]]:
    def controllers(companies: list[str]) -> dict[str, str]:
        """Asked some at a time: others need the engine too."""
        parts = (companies[start : start + _AT_ONCE] for start in range(0, len(companies), _AT_ONCE))
        return dict(pair for part in parts for pair in ctx.live.ask(counting.groups_of(part)).items())

    if filters.alert.known_at is None:
        found = counting.counted(ctx.engine, filters.alert, filters.review, by, controllers)
    else:
        stood = list(counting.then(ctx.engine, filters.alert, filters.review))
        companies = sorted({company for alert in stood for company in alert["companies"]})
        found = counting.counted_then(stood, by, controllers(companies) if by == "group" else None)
    reader = Reader(ctx, caller)
    return [
        {**item, "key": reader.of(item["key"])} if is_person(item["key"]) or item["key"].startswith("REC:") else item
        for item in found
    ]


def _one(ctx: Context, id: str) -> dict[str, Any]:
    found = reading.one(ctx.engine, id)
    if found is None:
        raise not_found("there is no alert of this id")
    return found


def etag(alert: dict[str, Any]) -> str:
    """What an alert and its review are now: `If-Match` of an action must say the same."""
    review = alert["review"]
    return f'"{alert["revision"]}-{alert["reviewStatus"]}-{review["assignee"] or ""}-{review["proposal"] or ""}"'


@router.get("/alerts/{id}")
def one(
    id: str,
    request: Request,
    response: Response,
    ctx: Ctx,
    caller: Read,
    lang: Lang | None = None,
    knownAt: Instant = None,
) -> dict[str, Any]:
    """One alert, or what it said at an earlier time."""
    alert = _one(ctx, id)
    known = _day(knownAt, "knownAt", moments.parse_known_at)
    if known is not None:
        past = reads.one(ctx.engine, id, known)
        if past is None:
            raise not_found("the alert did not exist then")
        alert = {**past, "review": alert["review"], "masked": []}
    response.headers["ETag"] = etag(alert).encode("ascii", "replace").decode()
    return Reader(ctx, caller, tongue(request, lang)).alert(alert)


@router.get("/alerts/{id}/explanation")
def explanation(id: str, request: Request, ctx: Ctx, caller: Read, lang: Lang | None = None) -> dict[str, Any]:
    """Why: the sentence, the conditions, what each rests on, and what would undo it."""
    return explained(ctx, caller, _one(ctx, id), tongue(request, lang))


def explained(ctx: Context, caller: Caller, alert: dict[str, Any], lang: str) -> dict[str, Any]:
    """The explanation as the caller may see it."""
    reader = Reader(ctx, caller)
    plain = {key: value for key, value in alert.items() if key not in ("review", "masked")}
    document: dict[str, Any] = ctx.live.ask(
        lambda engine: msgspec.to_builtins(explain(engine, ctx.database.store, plain, lang))
    )
    if reader.opens(alert):
        return document
    open_names = ctx.live.ask(_everybody(ctx, alert))
    return dict(texts(alert, handles(ctx), open_names, [document], "[…]", lang)[0])


def _everybody(ctx: Context, alert: dict[str, Any]) -> Any:
    events = {(edge["event"]["source"], edge["event"]["id"]) for path in alert["paths"] for edge in path}
    return names_of(ctx.database.store, sorted(people(alert)), events)


@router.get("/alerts/{id}/revisions")
def revisions(
    id: str,
    request: Request,
    response: Response,
    ctx: Ctx,
    caller: Read,
    lang: Lang | None = None,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
    cursor: paging.Cursor = None,
    count: bool = False,
) -> dict[str, Any]:
    """Every revision with the event that caused it, oldest first."""
    return paging.whole(request, response, revised(ctx, caller, id, tongue(request, lang)), limit, cursor, count)


def revised(ctx: Context, caller: Caller, id: str, lang: str) -> list[dict[str, Any]]:
    """The revisions of an alert as the caller may see them."""
    alert = _one(ctx, id)
    reader = Reader(ctx, caller, lang)
    is_open = reader.opens(alert)
    found = []

    def secret(id: str) -> bool:
        return not is_open and any(tells_of(id, name) for name in people(alert))

    for made in reads.revisions(ctx.engine, id):
        head = ctx.database.store.read([made["seq"]])[made["seq"]][0]
        found.append(
            {
                "revision": made["revision"],
                "change": made["change"],
                "recordedAt": made["recordedAt"],
                "events": [{"source": head.source, "id": None if secret(head.id) else head.id, "type": head.type}],
                "alert": reader.alert({**made["alert"], "review": alert["review"], "masked": []}),
            }
        )
    return found


@router.get("/alerts/{id}/similar")
def similar(
    id: str,
    request: Request,
    response: Response,
    ctx: Ctx,
    caller: Read,
    lang: Lang | None = None,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
    cursor: paging.Cursor = None,
    count: bool = False,
) -> dict[str, Any]:
    """Alerts that share a person, a company or a path with it, highest priority first."""
    alert, start = _one(ctx, id), paging.number(cursor) or 0
    found = likes(ctx, caller, alert, tongue(request, lang), start + limit + 1)
    following = paging.pack(start + limit) if len(found) > start + limit else None
    total = None
    if count:  # a withdrawn alert is not among those that stand
        itself = alert["dataState"] == "current"
        total = reading.count(ctx.engine, _sharing(alert), reading.Review(suppressed=None)) - itself
    return paging.page(request, response, found[start : start + limit], following, total)


def likes(
    ctx: Context, caller: Caller, alert: dict[str, Any], lang: str = "en", most: int = 50
) -> list[dict[str, Any]]:
    """So many similar alerts at most, as the caller may see them, highest priority first."""
    found = reading.listed(ctx.engine, _sharing(alert), reading.Review(suppressed=None), "priority", None, most + 1)
    reader = Reader(ctx, caller, lang)
    return [reader.alert(other) for other in found.items if other["id"] != alert["id"]][:most]


def _sharing(alert: dict[str, Any]) -> AlertFilter:
    """Alerts that share somebody with this one, itself among them where it stands."""
    return AlertFilter(entity=tuple(sorted({*alert["persons"], *alert["companies"]})))


@router.get("/changes")
def changes(
    request: Request,
    response: Response,
    ctx: Ctx,
    caller: Read,
    lang: Lang | None = None,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
    cursor: paging.Cursor = None,
    count: bool = False,
) -> dict[str, Any]:
    """All alert revisions, oldest first, as CloudEvents; `next` can be polled for ever."""
    after = paging.number(cursor) or 0
    reader = Reader(ctx, caller, tongue(request, lang))
    items = []
    for number, event in feed(ctx.engine, after, limit, ctx.settings.source):
        after = number
        review = reading.one(ctx.engine, event["subject"]) or {"review": {}}
        alert = {**event["data"], "review": review["review"], "masked": []}
        items.append({**event, "data": {k: v for k, v in reader.alert(alert).items() if k != "review"}})
    return paging.page(request, response, items, paging.pack(after), number_of(ctx.engine) if count else None)
