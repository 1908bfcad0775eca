"""The facts on an alert's paths, each once and numbered, as sentences with their source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from aiqyn.schemas.days import parse_optional_day
from aiqyn.streams.explanation.labels import Labels
from aiqyn.streams.explanation.wording import Wording, share_of
from aiqyn.streams.facts import (
    Committee,
    Debarment,
    Decision,
    Declaration,
    Directorship,
    Fact,
    Head,
    Kinship,
    OwnershipRecord,
    Post,
)
from aiqyn.streams.identity.evidence import Traits
from aiqyn.streams.world.world import World

Edge = Mapping[str, Any]
"""One edge of an alert's path, as its document writes it."""
EdgeKey = tuple[str, str, str, str, str]
ENDS = frozenset({"buys", "grants", "bids", "wins", "receives", "namedIn"})
"""Kinds of edges that end at the process or allocation."""


class Cited(NamedTuple):
    """One fact on a path: an edge, and the event that states it."""

    number: int
    edge: Edge
    head: Head
    fact: Fact


def cited(edges: Iterable[Edge], facts: Mapping[int, tuple[Head, Fact]]) -> dict[EdgeKey, Cited]:
    """The facts that edges stand for, in the order in which one meets them, each once; numbers from 1.

    `facts`: the cited events by ledger number.
    """
    by_name = {(head.source, head.id): (head, fact) for head, fact in facts.values()}
    found: dict[EdgeKey, Cited] = {}
    for edge in edges:
        event = (edge["event"]["source"], edge["event"]["id"])
        key = edge_key(edge)
        if key not in found and event in by_name:
            found[key] = Cited(len(found) + 1, edge, *by_name[event])
    return found


def edge_key(edge: Edge) -> EdgeKey:
    """What makes two edges one fact: what, from whom to whom, by which event."""
    return edge["kind"], edge["from"], edge["to"], edge["event"]["source"], edge["event"]["id"]


class Teller:
    """Says what an edge states, in whole sentences."""

    def __init__(self, world: World, labels: Labels, words: Wording) -> None:
        self._world = world
        self._labels = labels
        self._words = words

    def sentence(self, item: Cited) -> str:
        """What the fact states; without its source."""
        edge, fact, say = item.edge, item.fact, self._words.say
        common: dict[str, object] = {
            "from": self._labels.named(edge["from"]),
            "to": edge["to"] if edge["kind"] in ENDS else self._labels.named(edge["to"]),
            "case": edge["to"],
            "span": self._words.span(*edge["valid"]),
        }
        match edge["kind"], fact:
            case "holdsPost", Post():
                titled = fact.post and fact.post.casefold() not in (
                    fact.role.casefold(),
                    self.role(fact.role),
                )
                key = "fact.holdsPost_titled" if titled else "fact.holdsPost"
                return say(key, **common, role=self.role(fact.role), post=fact.post)
            case "namedIn", Committee():
                return self._seat(edge, fact, common)
            case "namedIn", _:
                return say("fact.decider", **common)
            case "relativeOf", Kinship():
                return say(
                    "fact.relativeOf",
                    relative=self._end(edge, fact.relative.atoms),
                    person=self._end(edge, fact.person.atoms),
                    relation=self._words.word("relation", fact.relationship),
                    span=common["span"],
                )
            case ("owns" | "controls") as kind, OwnershipRecord():
                share = self._words.share(share_of(edge["share"])) if edge["share"] else ""
                return say(f"fact.{kind}", **common, share=share, interests=self._interests(fact))
            case "directs", _:
                return say("fact.directs", **common, role=self.company_role(item))
            case "declared", Declaration():
                key = f"fact.declared_{self._declared(edge, fact)}"
                return say(key, **common, day=self._words.day(fact.filed_at))
            case "listed", Debarment():
                span = self._words.span(fact.start or None, fact.end or None)
                return say("fact.listed", **{**common, "span": span}, register=edge["to"])
            case "sameAs", _:
                return self._joined(edge, item, common)
            case ("parentBody" | "buys" | "grants" | "bids" | "wins" | "receives") as kind, _:
                return say(f"fact.{kind}", **common)
        return say("fact.other", **common, kind=edge["kind"])

    def brief(self, item: Cited) -> str:
        """The role or the family tie that the fact states; empty where it states none."""
        match item.edge["kind"], item.fact:
            case "holdsPost", Post(role=role):
                return self.role(role)
            case "directs", _:
                return self.company_role(item)
            case "namedIn", Committee() as fact:
                return self._words.word("seat", self.seat(item.edge, fact))
            case "relativeOf", _:
                return self.relation([item.edge], {edge_key(item.edge): item})
        return ""

    def source(self, item: Cited) -> str:
        """Which record says so, and since when it is on record."""
        moment = self._words.moment(item.edge["recordedAt"])
        return self._words.say("fact.source", source=item.head.source, id=item.head.id, moment=moment)

    def role(self, code: str) -> str:
        return self._words.word("role", code)

    def company_role(self, item: Cited) -> str:
        """The role of a `directs` edge in words."""
        if isinstance(item.fact, Directorship):
            return self.role(item.fact.role)
        if isinstance(item.fact, OwnershipRecord):
            roles = [each.type for each in item.fact.interests if each.type in _ROLES]
            return ", ".join(self.role(code) for code in dict.fromkeys(roles))
        return ""

    def seat(self, edge: Edge, fact: Fact) -> str:
        """The code of the seat that a `namedIn` edge stands for."""
        if not isinstance(fact, Committee):
            return "decider"
        seats = [seat.role for seat in fact.members if self._labels.same(edge["from"], seat.person.atoms)]
        return next((code for code in _SEATS if code in seats), seats[0] if seats else "")

    def relation(self, path: Sequence[Edge], by_key: Mapping[EdgeKey, Cited]) -> str:
        """What the holder of the interest is to the official, by the family ties of a path: `spouse`, `spouse
        of the sibling`; empty where the two are one."""
        said = ""
        for edge in path:
            item = by_key.get(edge_key(edge))
            if edge["kind"] != "relativeOf" or item is None or not isinstance(item.fact, Kinship):
                continue
            forward = self._labels.same(edge["from"], item.fact.person.atoms)
            step = self._words.word("relation" if forward else "relation_back", item.fact.relationship)
            said = self._words.say("relation_step.of", nearer=step, farther=said) if said else step
        return said

    def _declared(self, edge: Edge, fact: Declaration) -> str:
        """Whether an item declares a conflict that concerns the company, another names it, or none does."""
        about = [
            item.kind
            for item in fact.items
            if (item.counterparty is not None and self._labels.same(edge["to"], item.counterparty.atoms))
            or (item.kind == "conflict" and item.counterparty is None and item.ocid)
        ]
        return "conflict" if "conflict" in about else "item" if about else "silent"

    def _end(self, edge: Edge, atoms: Sequence[str]) -> str:
        """That end of the edge which the atoms name."""
        return self._labels.named(edge["from" if self._labels.same(edge["from"], atoms) else "to"])

    def _seat(self, edge: Edge, fact: Committee, common: Mapping[str, object]) -> str:
        role = self._words.word("seat", self.seat(edge, fact))
        recusals = [
            seat.recused_on
            for seat in fact.members
            if seat.recused_on and self._labels.same(edge["from"], seat.person.atoms)
        ]
        if recusals:
            recused = self._words.day(min(recusals))
            return self._words.say("fact.namedIn_recused", **common, role=role, recused=recused)
        return self._words.say("fact.namedIn", **common, role=role)

    def _interests(self, fact: OwnershipRecord) -> str:
        types = dict.fromkeys(each.type for each in fact.interests if each.type not in _ROLES)
        return ", ".join(self._words.word("interest", code) for code in types)

    def _joined(self, edge: Edge, item: Cited, common: Mapping[str, object]) -> str:
        if isinstance(item.fact, Decision):
            day = self._words.day(item.head.time)
            by, reason = item.fact.decided_by, item.fact.reason
            return self._words.say("fact.sameAs_decided", **common, by=by, day=day, reason=reason)
        left, right = (self._traits(edge[end]) for end in ("from", "to"))
        codes = list(agreeing(left, right))
        agreement = ", ".join(self._words.say(f"agreement.{code}") for code in codes)
        sure = "birth" in codes and len(codes) > 2
        key = "fact.sameAs_corroborated" if sure else "fact.sameAs_unconfirmed"
        return self._words.say(key, **common, agreement=agreement)

    def _traits(self, name: str) -> Traits:
        number = self._world.atoms.find(name)
        if number is None:
            return Traits(*[frozenset()] * 6)
        clusters = self._world.clusters
        return self._world.traits(clusters.members(clusters.root(number, 1), 1))


def agreeing(left: Traits, right: Traits) -> Iterator[str]:
    """On what two records agree: name, birth or part_birth, contact, relative, role."""
    if left.names & right.names:
        yield "name"
    full = any(span.exact for birth in left.births & right.births if (span := parse_optional_day(birth)))
    if full:
        yield "birth"
    elif left.births and right.births:
        yield "part_birth"
    for code, ours, theirs in (
        ("contact", _telling(left.contacts), right.contacts),
        ("relative", left.relatives, right.relatives),
        ("role", left.roles, right.roles),
    ):
        if ours & theirs:
            yield code


def _telling(contacts: frozenset[str]) -> frozenset[str]:
    # a shared bank account corroborates nobody
    return frozenset(contact for contact in contacts if not contact.startswith("account:"))


_ROLES = frozenset({"seniorManagingOfficial", "boardMember", "boardChair"})
_SEATS = ("chair", "member", "evaluator", "specAuthor", "approver", "secretary")
"""Seats with influence, the strongest first."""
