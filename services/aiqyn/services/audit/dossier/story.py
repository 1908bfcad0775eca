"""What a dossier says on paper, in the language of its explanation: the alert, its evidence, what people did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from aiqyn.services.i18n import writing
from aiqyn.services.i18n.catalogue import text

Document = Mapping[str, Any]


class Line(NamedTuple):
    """A paragraph in a style."""

    style: str
    text: str


class Grid(NamedTuple):
    """A table; `widths` are shares of the page's width; `labels`: the first column names the second."""

    rows: Sequence[Sequence[str]]
    widths: Sequence[float]
    head: Sequence[str] = ()
    labels: bool = False


Part = Line | Grid


class Told(NamedTuple):
    """All that a dossier tells."""

    alert: Document
    explanation: Document
    names: Mapping[str, str]
    """What records call those whom the alert names."""
    events: Sequence[Document]
    actions: Sequence[Document]
    files: Sequence[tuple[str, str]]
    """Name and SHA-256 of each attachment."""
    at: str
    """When it was made, RFC 3339."""
    key: str
    """The verifier key of the log."""
    rule_leaf: int | None = None
    """The leaf that tells with what the rule judged; None: the log has none from before the alert's revision."""


def story(told: Told) -> Iterator[Part]:
    """The parts in order."""
    alert, explanation, lang = told.alert, told.explanation, told.explanation["lang"]
    yield Line("title", f"{alert['rule']} {explanation['title']}")
    yield Line("kind", text("alert.kind", lang))
    yield Line("notice", text("paper.notice", lang))
    if explanation["status"]:
        yield Line("body", explanation["status"])
    yield Line("body", explanation["sentence"])
    yield Grid(list(_facts(told, lang)), (0.28, 0.72), labels=True)
    for section in explanation["sections"]:
        yield Line("heading", section["heading"])
        for line in section["lines"]:
            yield Line("body", line)
    yield Line("heading", text("paper.records", lang))
    yield _records(told.events, lang)
    yield Line("heading", text("paper.people", lang))
    if not told.actions:
        yield Line("body", text("paper.nobody", lang))
    for action in told.actions:
        yield from _action(action, lang)
    if told.files:
        yield Line("heading", text("paper.files", lang))
        yield Grid(list(told.files), (0.42, 0.58), (text("paper.file", lang), "SHA-256"))
    yield Line("heading", text("paper.checking", lang))
    yield Line("body", text("paper.check", lang, key=told.key))


def head(told: Told) -> str:
    """The line at the top of each page."""
    return text(
        "paper.head", told.explanation["lang"], alert=told.alert["id"], revision=told.alert["revision"]
    )  # fmt: skip


def foot(told: Told) -> str:
    """The line at the bottom of each page."""
    lang = told.explanation["lang"]
    return text("paper.foot", lang, at=writing.instant(told.at, lang), origin=told.key.partition("+")[0])


def _rule(told: Told, lang: str) -> str:
    alert = told.alert
    said = f"{alert['rule']}, {text('paper.version', lang, number=alert['ruleVersion'])} ({alert['profile']})"
    return said if told.rule_leaf is None else f"{said}; {text('paper.leaf', lang, index=told.rule_leaf)}"


def _facts(told: Told, lang: str) -> Iterator[tuple[str, str]]:
    alert = told.alert
    first, last = alert["window"] or (None, None)
    companies = [each for each in alert["companies"] if each != alert["buyer"]]
    values = {
        "alert": f"{alert['id']} ({text('history.revision', lang, number=alert['revision'])})",
        "rule": _rule(told, lang),
        "severity": text(f"severity.{alert['severity']}", lang),
        "certainty": text(f"certainty.{alert['certainty']}", lang),
        "identity": text(f"identity.{alert['identity']}", lang),
        "allocation": alert["ocid"] or alert["allocation"],
        "buyer": _named(told, alert["buyer"]),
        "companies": "\n".join(_named(told, each) for each in companies),
        "persons": "\n".join(_named(told, each) for each in alert["persons"]),
        "amount": writing.money(alert["amount"], lang) if alert["amount"] else "",
        "window": writing.span((first, _after(last)), lang) if first and last else "",
        "raised": f"{writing.instant(alert['raisedAt'], lang)} UTC",
        "updated": f"{writing.instant(alert['updatedAt'], lang)} UTC" if alert["revision"] > 1 else "",
    }
    return ((text(f"paper.fact.{name}", lang), value) for name, value in values.items() if value)


def _after(last: str) -> str:
    """The day after the window's last day, which is included."""
    return (date.fromisoformat(last) + timedelta(days=1)).isoformat()


def _named(told: Told, id: str | None) -> str:
    if not id:
        return ""
    name = told.names.get(id)
    return f"{name} ({id})" if name else id


def _records(events: Sequence[Document], lang: str) -> Grid:
    heads = ["№", *(text(f"paper.record.{name}", lang) for name in ("source", "type", "stated", "recorded"))]
    rows = [
        (
            str(number),
            f"{event['source']}\n{event['id']}\nSHA-256 {event['sha256']}",
            event["type"],
            writing.instant(event["time"], lang),
            writing.instant(event["recordedAt"], lang),
        )
        for number, event in enumerate(events, start=1)
    ]
    return Grid(rows, (0.05, 0.41, 0.22, 0.16, 0.16), heads)


def _action(action: Document, lang: str) -> Iterator[Line]:
    what = text(f"kind.{action['kind']}", lang)
    if action.get("disposition"):
        what += ": " + text(f"disposition.{action['disposition']}", lang)
    if action.get("assignee"):
        what += f": {action['assignee']}"
    state = text(f"actionState.{action['state']}", lang)
    when = action.get("decidedAt") or action["at"]
    yield Line("body", f"{writing.instant(when, lang)} UTC. {what} — {state}. {_who(action, lang)}")
    for said in (action.get("reason"), action.get("text"), action.get("decisionReason")):
        if said:
            yield Line("note", said)


def _who(action: Document, lang: str) -> str:
    if action.get("decidedBy"):
        return text("paper.decided", lang, by=action["by"], other=action["decidedBy"])
    return text("paper.by", lang, by=action["by"])
