"""Why an alert stands: who, what post, what interest, which days, which records, and what would undo it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from aiqyn.rules import catalogue, messages
from aiqyn.schemas.days import iso, parse_optional_day
from aiqyn.streams.engine import Engine
from aiqyn.streams.explanation.cited import Cited, Edge, EdgeKey, Teller, cited
from aiqyn.streams.explanation.conditions import Condition, Conditions
from aiqyn.streams.explanation.duty import Duty, duty
from aiqyn.streams.explanation.known import knowledge
from aiqyn.streams.explanation.labels import Labels
from aiqyn.streams.explanation.party import Sight
from aiqyn.streams.explanation.telling import Telling
from aiqyn.streams.explanation.wording import Wording
from aiqyn.streams.facts import Fact, Head
from aiqyn.streams.moments import rfc3339
from aiqyn.streams.ports import FactLog

Alert = Mapping[str, Any]
_UNDECLARED = "COI-08"


class EventName(Struct, frozen=True):
    """An event: `(source, id)` identifies it for ever."""

    source: str
    id: str


class Stated(Struct, frozen=True):
    """One fact on the paths, in words."""

    number: int
    kind: str
    """Of its edge, as `from`, `to` and `event` are."""
    start: str = field(name="from")
    end: str = field(name="to")
    event: EventName
    text: str
    apart: str
    """How far from the award it came on record; empty where that says nothing."""
    brief: str
    """The role or the family tie that it states, in a few words; empty: it states none."""


class Section(Struct, frozen=True):
    """A heading and what is said under it, a paragraph a line."""

    heading: str
    lines: tuple[str, ...]


class Explanation(Struct, frozen=True, rename="camel"):
    """The explanation of an alert in the contract's form (interfaces, section 6), and in words.

    JSON: `msgspec.json.encode` or `msgspec.to_builtins`.
    """

    alert: str
    rule: str
    sentence: str
    paths: tuple[Any, ...]
    """As in the alert."""
    facts: tuple[Stated, ...]
    """What each edge of the paths states, each once; numbers from 1, which the sections use too."""
    conditions: tuple[Condition, ...]
    decisive: tuple[EventName, ...]
    """Each of these events, retracted alone, withdraws the alert; no other cited event does."""
    known_since: str
    """When the last fact that the alert needs came on record: RFC 3339, UTC."""
    known_on_award: bool
    """Whether the facts about people and companies that it needs were on record by the end (UTC) of the
    window's last day; releases and allocations themselves are published after the award and do not count."""
    lang: str
    title: str
    sections: tuple[Section, ...]
    """Facts with sources, conditions, days, what was known, what would undo it, identity, what is missing."""
    status: str
    """That it was withdrawn and why, or that the conflict is managed; else empty."""
    notice: str


def explain(engine: Engine, log: FactLog, alert: Alert, lang: str = messages.DEFAULT) -> Explanation:
    """Explain an alert by the facts that the engine holds; nothing is changed.

    `alert` is the last revision of one that the engine knows. A withdrawn alert is explained as it last
    stood. Raises UnknownMessage for a language without catalogue. Cost: a judgement a cited event.
    """
    words = Wording(lang)
    labels = Labels(engine.world, log, words)
    edges = _edges(engine, log, alert, labels)
    facts = _cited_facts(log, edges)
    by_key = cited(edges, facts)
    labels.learn(facts)
    teller = Teller(engine.world, labels, words)
    duties = _duties(alert, by_key, teller, labels, words)
    sight = Sight(engine, alert) if alert["dataState"] == "current" else None
    conditions = Conditions(alert, sight, duties, engine.profile, labels, words)
    telling = Telling(alert, by_key, duties, conditions, teller, labels, words)
    known = knowledge(
        engine, alert, list({item.head.seq: item.head for item in by_key.values()}.values()),
        _supporting(engine, log, alert, labels),
    )  # fmt: skip
    asked = conditions.all()
    sections = (
        _section(words, "facts", telling.facts()),
        _section(words, "conditions", [_line(condition, words) for condition in asked]),
        _section(words, "days", telling.days()),
        _section(words, "known", telling.known(known)),
        _section(words, "decisive", telling.decisive(known)),
        _section(words, "identity", telling.identity()),
        _section(words, "missing", telling.missing(asked) or [words.say("missing.nothing")]),
    )
    return Explanation(
        alert=alert["id"],
        rule=alert["rule"],
        sentence=telling.sentence(),
        paths=tuple(alert["paths"]),
        facts=tuple(_stated(telling)),
        conditions=asked,
        decisive=tuple(EventName(head.source, head.id) for head in known.decisive),
        known_since=rfc3339(known.since),
        known_on_award=known.on_award,
        lang=lang,
        title=_title(alert, lang),
        sections=sections,
        status=" ".join(_status(alert, words)),
        notice=words.say("notice.human"),
    )


def as_text(explanation: Explanation) -> str:
    """The explanation as plain text: title, status, sentence, sections; paragraphs one a line."""
    lines = [f"{explanation.rule} {explanation.title}", explanation.status, explanation.sentence]
    lines = [line for line in lines if line]
    for section in explanation.sections:
        lines += ["", section.heading, *(f"  {line}" for line in section.lines)]
    return "\n".join((*lines, "", explanation.notice))


def _stated(telling: Telling) -> Iterator[Stated]:
    for number, (edge, text, apart, brief) in enumerate(telling.sentences(), 1):
        event = EventName(edge["event"]["source"], edge["event"]["id"])
        yield Stated(number, edge["kind"], edge["from"], edge["to"], event, text, apart, brief)


def _edges(engine: Engine, log: FactLog, alert: Alert, labels: Labels) -> list[Edge]:
    """The edges of its paths; then one for each declaration in which an interest is missing."""
    edges = [edge for path in alert["paths"] for edge in path]
    if alert["rule"] == _UNDECLARED and not any(edge["kind"] == "declared" for edge in edges):
        edges += [_declared(head, alert) for head in _declarations(engine, log, alert, labels)]
    return edges


def _declarations(engine: Engine, log: FactLog, alert: Alert, labels: Labels) -> Sequence[Head]:
    """The official's declarations of the filing days that the alert gives; all where it gives none."""
    days = alert["parameters"].get("filed")
    atoms = (engine.world.atoms.find(atom) for atom in labels.atoms(alert["persons"][0]))
    known = engine.world.declarations.of(atom for atom in atoms if atom is not None)
    seqs = [seq for seq, entry in known if days is None or _filed(entry.fact.filed_at) in days]
    return [head for head, _ in log.read(sorted(seqs)).values()]


def _filed(written: str) -> str:
    """A filing date as alerts write it: the day, or the first and last day that it may be."""
    span = parse_optional_day(written)
    if span is None:
        return written
    return iso(span.first) if span.exact else f"{iso(span.first)}/{iso(span.last)}"


def _declared(head: Head, alert: Alert) -> Edge:
    return {
        "side": "interest",
        "kind": "declared",
        "from": alert["persons"][0],
        "to": alert["company"],
        "share": None,
        "valid": [None, None],
        "recordedAt": rfc3339(head.recorded_at),
        "event": {"source": head.source, "id": head.id},
        "certainty": "certain",
    }


def _cited_facts(log: FactLog, edges: Sequence[Edge]) -> Mapping[int, tuple[Head, Fact]]:
    names = {(edge["event"]["source"], edge["event"]["id"]) for edge in edges}
    seqs = sorted(seq for name in names if (seq := log.find(*name)) is not None)
    return log.read(seqs)


def _supporting(engine: Engine, log: FactLog, alert: Alert, labels: Labels) -> Sequence[Head]:
    """Events that no path cites and that the alert may need: the releases of its process, and the records
    behind the ids on its paths."""
    world = engine.world
    names = {edge[end] for path in alert["paths"] for edge in path for end in ("from", "to")}
    atoms = {atom for name in names for atom in labels.atoms(name)}
    numbers = [number for atom in sorted(atoms) if (number := world.atoms.find(atom)) is not None]
    seqs = {*world.describing(numbers), *(world.releases(alert["ocid"]) if alert["ocid"] else ())}
    return [head for head, _ in log.read(sorted(seqs)).values()]


def _duties(
    alert: Alert, by_key: Mapping[EdgeKey, Cited], teller: Teller, labels: Labels, words: Wording
) -> list[Duty]:
    """Every influence on the paths, each once, in their order."""
    found = (duty(path, by_key, teller, labels, words) for path in alert["paths"])
    return list(dict.fromkeys(each for each in found if each is not None))


def _section(words: Wording, name: str, lines: Iterable[str]) -> Section:
    return Section(words.say(f"heading.{name}"), tuple(lines))


def _line(condition: Condition, words: Wording) -> str:
    operator = words.word("operator", condition.operator)
    asked = f"{operator} {condition.threshold}".rstrip()
    result = words.say(f"certainty.{condition.result}")
    return f"{condition.text}: {condition.value} ({asked}): {result}"


def _title(alert: Alert, lang: str) -> str:
    rule = catalogue.load().get(alert["rule"])
    return messages.title(rule, lang) if rule is not None else str(alert["title"])


def _status(alert: Alert, words: Wording) -> Iterable[str]:
    if alert["dataState"] == "withdrawn":
        reason = words.word("withdrawn", alert["withdrawnReason"])
        yield words.say("notice.withdrawn", day=words.moment(alert["updatedAt"]), reason=reason)
    if alert["managed"]:
        yield words.say("notice.managed")
