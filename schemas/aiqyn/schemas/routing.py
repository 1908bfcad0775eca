"""Where events go on Kafka: each topic declared once, and the key of each event type.

A key only keeps what belongs together in order, on one partition; who reads must not rely on it, nor on the topic: the
type says what an event is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

from aiqyn.schemas.envelope import Event
from aiqyn.schemas.identifiers import atom

DAY = 86_400_000
"""Milliseconds."""
DEAD_LETTERS = ".dlq"
"""What the name of a topic of dead letters ends with."""

Role = Literal["public", "inner", "out", "dead"]


class Topic(NamedTuple):
    """One topic. Names are without the prefix of an installation."""

    name: str
    role: Role
    """`public`: anybody's events in; `inner`: between our own stages; `out`: what we emit; `dead`: dead letters."""
    wide: bool
    """Whether it is shared among many workers, and has partitions accordingly."""
    key: str
    """What the key is, in words."""
    meaning: str
    types: tuple[str, ...]
    """Event types that we produce to it."""
    retention_ms: int = -1
    """How long records are kept; -1: for ever."""


def _public(name: str, key: str, meaning: str, *types: str, wide: bool = False) -> Topic:
    return Topic(name, "public", wide, key, meaning, types)


PUBLIC = (
    _public("procurement.releases", "ocid", "OCDS releases", "procurement.release.v1", wide=True),
    _public(
        "procurement.committees", "ocid", "Who decides in a process, with recusals", "procurement.committee.v1",
        wide=True,
    ),
    _public("ownership.statements", "declaration subject", "BODS statements", "ownership.statement.v1"),
    _public(
        "registry.companies", "company", "Companies, public bodies, and people's roles in companies",
        "registry.company.v1", "registry.directorship.v1",
    ),
    _public("registry.debarments", "supplier", "Unreliable-supplier and sanction listings", "registry.debarment.v1"),
    _public("officials.positions", "person", "Posts at public bodies", "official.occupancy.v1"),
    _public("officials.relations", "person", "Family and close personal ties", "official.relation.v1"),
    _public("officials.declarations", "person", "What officials declared", "official.declaration.v1"),
    _public(
        "allocations", "allocation", "State assets and money given otherwise than by procurement",
        "allocation.made.v1", wide=True,
    ),
    _public("donations", "donor", "Donations to parties and candidates", "political.donation.v1"),
    _public("identity.decisions", "pair of records", "Which records are the same", "identity.decision.v1"),
    _public("records.retracted", "source and id of the target", "Events that count as never sent",
            "record.retracted.v1"),
)  # fmt: skip

ALERTS = Topic(
    "aiqyn.alerts", "out", False, "alert", "Each revision of each alert, unmasked: protect it",
    ("coi.alert.raised.v1", "coi.alert.updated.v1", "coi.alert.withdrawn.v1"),
)  # fmt: skip
QUALITY = Topic("aiqyn.quality", "out", False, "source", "Doubts about a source's data", ("quality.issue.v1",))
PROCUREMENT_FACTS = Topic(
    "aiqyn.facts.procurement", "inner", True, "ocid or allocation", "Facts about one process or allocation", ()
)
RELATIONSHIP_FACTS = Topic(
    "aiqyn.facts.relationships", "inner", False, "source and id of the fact", "Facts that reach over processes", ()
)

DEAD = tuple(
    Topic(
        topic.name + DEAD_LETTERS, "dead", False, "as it came", f"Refused records of {topic.name}, as they came",
        (), 30 * DAY,
    )
    for topic in PUBLIC
)  # fmt: skip

TOPICS = (*PUBLIC, PROCUREMENT_FACTS, RELATIONSHIP_FACTS, ALERTS, QUALITY, *DEAD)

TOPIC_OF: Mapping[str, str] = {type: topic.name for topic in PUBLIC for type in topic.types}
"""The topic of a public event type, without prefix."""


def key(event: Event) -> str:
    """The key of an event by its type; where its data do not say, its own `source id`. Never raises."""
    data: dict[str, Any] = event.data if isinstance(event.data, dict) else {}
    found = _KEYS[event.type](event.source, data) if event.type in _KEYS else None
    return found or f"{event.source} {event.id}"


def _text(of: object, member: str) -> str | None:
    value = of.get(member) if isinstance(of, dict) else None
    return value if isinstance(value, str) and value else None


def _member(name: str) -> Callable[[str, dict[str, Any]], str | None]:
    return lambda source, data: _text(data, name)


def _party(name: str) -> Callable[[str, dict[str, Any]], str | None]:
    """A person or an entity: its first valid identifier, else its record at the source."""
    return lambda source, data: _named(source, data.get(name))


def _named(source: str, party: object) -> str | None:
    if not isinstance(party, dict):
        return None
    listed = party.get("identifiers")
    for identifier in listed if isinstance(listed, list) else ():
        scheme, id = _text(identifier, "scheme"), _text(identifier, "id")
        if scheme and id and (name := atom(scheme, id)):
            return name
    record = _text(party, "recordId")
    return f"REC:{source}:{record}" if record else None


def _statement(_source: str, data: dict[str, Any]) -> str | None:
    """The declaration's subject; before BODS 0.4, what the statement is about."""
    subject = _text(data, "declarationSubject")
    if subject:
        return subject
    details = data.get("recordDetails", data)
    about = details.get("subject") if isinstance(details, dict) else None
    return (
        (about if isinstance(about, str) and about else None)
        or _text(about, "describedByEntityStatement")
        or _text(data, "recordId")
        or _text(data, "statementID")
        or _text(data, "statementId")
    )


def _pair(_source: str, data: dict[str, Any]) -> str | None:
    left, right = _text(data, "left"), _text(data, "right")
    return " ".join(sorted((left, right))) if left and right else None


def _target(_source: str, data: dict[str, Any]) -> str | None:
    target = data.get("target")
    source, id = _text(target, "source"), _text(target, "id")
    return f"{source} {id}" if source and id else None


_KEYS: dict[str, Callable[[str, dict[str, Any]], str | None]] = {
    "procurement.release.v1": _member("ocid"),
    "procurement.committee.v1": _member("ocid"),
    "ownership.statement.v1": _statement,
    "registry.company.v1": _party("entity"),
    "registry.directorship.v1": _party("company"),
    "registry.debarment.v1": _party("supplier"),
    "official.occupancy.v1": _party("person"),
    "official.relation.v1": _party("person"),
    "official.declaration.v1": _party("declarant"),
    "allocation.made.v1": _member("id"),
    "political.donation.v1": _party("donor"),
    "identity.decision.v1": _pair,
    "record.retracted.v1": _target,
}
