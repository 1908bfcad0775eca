"""The one sentence of an alert, and the paragraphs beneath it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from aiqyn.rules import messages
from aiqyn.schemas.days import parse_optional_day
from aiqyn.schemas.shares import WHOLE
from aiqyn.streams.explanation.cited import Cited, Edge, EdgeKey, Teller, edge_key
from aiqyn.streams.explanation.conditions import Condition, Conditions, Together, stretches
from aiqyn.streams.explanation.duty import Duty
from aiqyn.streams.explanation.known import Knowledge, end_of_award_day
from aiqyn.streams.explanation.labels import Labels
from aiqyn.streams.explanation.party import Stake, decided_earlier
from aiqyn.streams.explanation.wording import Wording, days_between, share_of
from aiqyn.streams.moments import rfc3339

Alert = Mapping[str, Any]
_FORMS = {
    "COI-06": "household",
    "OWN-01": "pair",
    "OWN-02": "pair",
    "OWN-03": "pair",
    "OWN-04": "pair",
    "OWN-08": "company",
}


class Telling:
    """Says an alert in whole sentences of one language."""

    def __init__(
        self,
        alert: Alert,
        by_key: Mapping[EdgeKey, Cited],
        duties: Sequence[Duty],
        conditions: Conditions,
        teller: Teller,
        labels: Labels,
        words: Wording,
    ) -> None:
        self._alert = alert
        self._by_key = by_key
        self._facts = list(by_key.values())
        self._duties = duties
        self._conditions = conditions
        self._teller = teller
        self._labels = labels
        self._words = words

    # --- the sentence ---------------------------------------------------------------------

    def sentence(self) -> str:
        """Who, what post, what interest, which days: one sentence."""
        alert, say, named = self._alert, self._words.say, self._labels.named
        path: Sequence[Edge] = alert["paths"][0] if alert["paths"] else ()
        persons = [named(name) for name in alert["persons"]]
        stake = self._conditions.stakes[0]
        holders = [named(name) for name in stake.holders] or persons
        relation = self._teller.relation([edge for edge in path if edge["side"] == "interest"], self._by_key)
        listed = next((edge["from"] for edge in path if edge["kind"] == "listed"), "")
        return say(
            f"{alert['rule']}.{self._form(relation, listed)}",
            official=persons[0] if persons else "",
            official_again=self._again(),
            holder=holders[0] if holders else "",
            members=self._words.listed(persons[1:]),
            persons=named(listed) if listed else self._words.listed(persons or holders),
            relation=relation,
            duty=self._duties[0].what if self._duties else "",
            holding=self._holding(stake),
            company=named(alert["company"]),
            companies=self._words.together([named(name) for name in alert["companies"]]),
            stage=self._stage(),
            case=self._case(),
            together=self.together(self._conditions.together()),
            reasons=self._words.listed(
                [self._words.word("reason", code) for code in alert["parameters"].get("reasons", ())]
            ),
        )

    def _form(self, relation: str, listed: str) -> str:
        rule = self._alert["rule"]
        if rule == "SUP-01":
            return "person" if listed != self._alert["company"] else "company"
        form = _FORMS.get(rule) or ("relative" if relation else "own")
        return f"{form}_earlier" if decided_earlier(self._alert) else form

    def _again(self) -> str:
        """The official, once named with an id, by name alone."""
        persons = self._alert["persons"]
        return (self._labels.label(persons[0]) or persons[0]) if persons else ""

    def _case(self) -> str:
        return str(self._alert["ocid"] or self._alert["allocation"])

    def _stage(self) -> str:
        stage = self._alert["stage"] if self._alert["ocid"] is not None else "recipient"
        return self._words.say(f"stage.{stage}", case=self._case())

    def _holding(self, stake: Stake) -> str:
        say = self._words.say
        chain = next((path for path in stake.paths if path), ())
        if not chain:
            return say("holding.itself")
        if chain[0]["kind"] == "directs":
            item = self._by_key.get(edge_key(chain[0]))
            return say("holding.role", role=self._teller.company_role(item) if item is not None else "")
        others = [self._labels.named(edge["to"]) for edge in chain[:-1]]
        share = self._conditions.share(stake)
        by_control = self._conditions.by_share(stake) == "no" or not stake.has("owns") or not share
        if by_control or share is None:
            return (
                say("holding.control_through", others=self._words.listed(others)) if others else say("holding.control")
            )
        said = self._words.share(share)
        return (
            say("holding.through", share=said, others=self._words.listed(others))
            if others
            else say("holding.direct", share=said)
        )

    def together(self, common: Together | None) -> str:
        """On which days of the window."""
        say = self._words.say
        first, last = self._alert["window"]
        if common is None or first is None or last is None:
            return say("together.window", span=self._window())
        count, total = common.count, common.total
        when = self._words.listed([self._words.days(*stretch) for stretch in stretches(common.days)])
        if self._alert["certainty"] == "possible" and count == total:
            return say("together.possible_all", count=count, span=self._window())
        if self._alert["certainty"] == "possible":
            return say("together.possible", count=count, total=total, span=self._window(), when=when)
        if count == total:
            return say("together.all", count=count, span=self._window())
        return say("together.some", count=count, total=total, span=self._window(), when=when)

    def _window(self) -> str:
        first, last = self._alert["window"]
        return self._words.days(first or last, last) if last else self._words.say("span.always")

    # --- the paragraphs ---------------------------------------------------------------------

    def facts(self) -> Iterator[str]:
        for item in self._facts:
            parts = [f"{item.number}. {self._teller.sentence(item)}", self._teller.source(item)]
            yield " ".join((*parts, self._apart(item))).rstrip()

    def sentences(self) -> Iterator[tuple[Edge, str, str, str]]:
        """By fact, in the order of their numbers: its edge, what it states, how far from the award it was recorded, and
        the role or tie alone."""
        for item in self._facts:
            yield item.edge, self._teller.sentence(item), self._apart(item).strip("()"), self._teller.brief(item)

    def _apart(self, item: Cited) -> str:
        """How far from the award the fact came on record; nothing for what tells of the award itself."""
        last = self._alert["window"][1]
        if last is None or parse_optional_day(last) is None or item.edge["kind"] in ("bids", "wins", "receives"):
            return ""
        days = days_between(last, item.edge["recordedAt"])
        say = self._words.say
        if not days:
            said = say("fact.on_award")
        else:
            said = say("fact.after_award" if days > 0 else "fact.before_award", count=abs(days))
        return f"({said})"

    def days(self) -> Iterator[str]:
        say = self._words.say
        basis = self._words.word("basis", self._alert["dateBasis"])
        yield say("days.basis", span=self._window(), basis=basis)
        common = self._conditions.together()
        if common is not None:
            yield say("days.overlap", together=self.together(common))
        elif not self._conditions.needs_common_day:
            yield say("days.no_overlap_needed")

    def known(self, knowledge: Knowledge) -> Iterator[str]:
        say = self._words.say
        since = self._words.moment(rfc3339(knowledge.since))
        end = end_of_award_day(self._alert)
        if end is None:
            yield say("known.no_day", since=since)
            return
        award = self._words.day(self._alert["window"][1])
        yield say("known.yes" if knowledge.on_award else "known.no", award=award, since=since)
        heads = {item.head.seq: item.head for item in self._facts}
        late = [item for item in self._facts if item.head.recorded_at >= end]
        seqs = {item.head.seq for item in late}
        yield say("known.counts", count=len(heads) - len(seqs), total=len(heads))
        if late:
            yield say("known.late", list=self._words.listed([_event(item) for item in late]))

    def decisive(self, knowledge: Knowledge) -> Iterator[str]:
        say = self._words.say
        if self._alert["dataState"] == "withdrawn":
            yield say("decisive.withdrawn")
            return
        decisive = {head.seq for head in knowledge.decisive}
        cited = {item.head.seq for item in self._facts}
        named = [_event(item) for item in _once(self._facts) if item.head.seq in decisive]
        named += [f"{head.source} {head.id}" for head in knowledge.decisive if head.seq not in cited]
        spare = [_event(item) for item in _once(self._facts) if item.head.seq not in decisive]
        if named:
            yield say("decisive.some", count=len(named), list=self._words.listed(named))
        else:
            yield say("decisive.none")
        if spare and named:
            yield say("decisive.spare", list=self._words.listed(spare))

    def identity(self) -> Iterator[str]:
        key = self._alert["identity"] if self._alert["persons"] else "nobody"
        yield self._words.say(f"identity.{key}")
        for item in self._facts:
            if item.edge["kind"] == "sameAs":
                yield f"{item.number}. {self._teller.sentence(item)}"

    def missing(self, conditions: Sequence[Condition]) -> list[str]:
        """What is not known that would make the alert surer, or undo it; empty: nothing."""
        return list(self._missing(conditions))

    def _missing(self, conditions: Sequence[Condition]) -> Iterator[str]:
        alert, say = self._alert, self._words.say
        if alert["missing"]:
            facts = [messages.fact(fact, self._words.lang) for fact in alert["missing"]]
            yield say("missing.facts", list=", ".join(facts))
        for item in self._facts:
            dates = [bound for bound in item.edge["valid"] if bound and len(bound) < len("2024-01-01")]
            if dates:
                said = self._words.listed([self._words.day(date) for date in dates])
                yield say("missing.partial", number=item.number, dates=said)
        if any(condition.result == "possible" for condition in conditions):
            for item in self._facts:
                share = share_of(item.edge["share"]) if item.edge["share"] else WHOLE
                if share.low != share.high:
                    yield say("missing.share", number=item.number, share=self._words.share(share))
        if alert["certainty"] == "possible":
            yield say("missing.possible")
        if alert["identity"] in ("unconfirmed", "corroborated") and alert["persons"]:
            yield say(f"missing.{alert['identity']}")
        if alert["pathsOmitted"] < 0:
            yield say("missing.paths_unknown")
        elif alert["pathsOmitted"]:
            yield say("missing.paths", count=alert["pathsOmitted"])


def _event(item: Cited) -> str:
    return f"{item.head.source} {item.head.id} ({item.number})"


def _once(facts: Sequence[Cited]) -> list[Cited]:
    """The first fact of each event."""
    return list({item.head.seq: item for item in reversed(facts)}.values())[::-1]
