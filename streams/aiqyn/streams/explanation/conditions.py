"""The conditions of a rule, each with what the records give, what is asked, and whether it holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, Literal

from msgspec import Struct

from aiqyn.rules.profile import Profile, threshold
from aiqyn.schemas.days import Days, iso
from aiqyn.schemas.shares import Share, Threshold
from aiqyn.streams.explanation.duty import Duty
from aiqyn.streams.explanation.labels import Labels
from aiqyn.streams.explanation.party import Sight, Stake, decided_earlier, stakes
from aiqyn.streams.explanation.wording import Wording, share_of

Result = Literal["certain", "possible", "no"]
Alert = Mapping[str, Any]

_PAIRS = frozenset({"OWN-01", "OWN-02", "OWN-03", "OWN-04"})
_SHARE_ALONE = frozenset({"COI-01", "COI-02", "COI-05", "COI-09", "OWN-02", "OWN-04", "OWN-08"})
"""Rules in which control through others does not count; in all others it does, whatever the share."""
_NO_COMMON_DAY = frozenset({"COI-08", "COI-09", "OWN-08", "SUP-01"})
_EXEMPTING = ("COI", "BEN", "DIS", "PUB")
_LEVELS = {"COI-06": "levels_deciding", "DIS-01": "levels_deciding", "COI-07": "levels_above"}


class Condition(Struct, frozen=True):
    """One thing that the rule asks."""

    text: str
    value: str
    """What the records give."""
    operator: str
    """How value and threshold are compared: `>=`, `>`, `<=`, `=`, `in`."""
    threshold: str
    result: Result


class Together(Struct, frozen=True):
    """On which days of the window all of it is in force."""

    days: Days
    window: Days

    @property
    def count(self) -> int:
        return _length(self.days.certain or self.days.possible)

    @property
    def total(self) -> int:
        return _length(self.window.possible)


class Conditions:
    """Works out the conditions of one alert. Without a sight (a withdrawn alert) what only the graph tells is
    left out, and results are the alert's last ones."""

    def __init__(
        self,
        alert: Alert,
        sight: Sight | None,
        duties: Sequence[Duty],
        profile: Profile,
        labels: Labels,
        words: Wording,
    ) -> None:
        self._alert = alert
        self._rule: str = alert["rule"]
        self._sight = sight
        self._duties = duties
        self._profile = profile
        self._labels = labels
        self._words = words
        self.stakes = stakes(alert)
        limit = alert["parameters"].get("min_share")
        self.limit: Threshold | None = threshold(_in_percent(limit)) if limit else _LIMITS.get(self._rule)

    # --- figures that sentences need too ----------------------------------------------------------

    def share(self, stake: Stake) -> Share | None:
        """What the holders own of the company together; None where neither graph nor alert tells."""
        if self._rule == "COI-01":
            return self._direct_share(stake)
        if self._sight is not None:
            return self._sight.share(stake)
        stated = self._alert["parameters"].get("share")
        return share_of(stated) if stated else self._direct_share(stake)

    def by_share(self, stake: Stake) -> Result:
        """Whether the share reaches the rule's threshold."""
        if self._sight is None or self.limit is None:
            return self._as_alert()
        return _result(self._sight.owns(stake, self.limit, self._rule == "COI-01"))

    def by_control(self, stake: Stake) -> Result:
        if self._sight is None:
            return self._as_alert()
        return _result(self._sight.controls(stake, self._rule == "COI-01"))

    @property
    def needs_common_day(self) -> bool:
        """Whether the rule asks for one day of the window on which all is in force."""
        return self._rule not in _NO_COMMON_DAY and not decided_earlier(self._alert)

    def together(self) -> Together | None:
        """The common days; None where the rule asks for none or the records cannot be read that way."""
        if not self.needs_common_day or self._sight is None:
            return None
        days, window = self._sight.together(self._alert, self._interest_days)
        if self._alert["certainty"] == "possible":
            days = days.as_possible()
        elif not days.certain:
            return None
        return Together(days, window) if days else None

    # --- the list ---------------------------------------------------------------------

    def all(self) -> tuple[Condition, ...]:
        return tuple(self._conditions())

    def _conditions(self) -> Iterator[Condition]:
        rule, say = self._rule, self._words.say
        if rule in _PAIRS:
            yield self._yes("rivals")
        if rule == "BEN-01":
            basis = ", ".join(self._alert["parameters"].get("basis", ()))
            yield self._condition("basis", basis, "in", "COI-01 – COI-07", self._as_alert())
        yield from self._influence()
        yield from self._kinship()
        for stake in self.stakes:
            yield from self._interest(stake)
        if rule == "COI-08":
            yield self._yes("declared")
        elif rule == "COI-09":
            yield self._yes("stayed")
        elif rule == "SUP-01":
            yield self._yes("listed")
        elif rule == "OWN-08":
            reasons = [self._words.word("reason", code) for code in self._alert["parameters"].get("reasons", ())]
            needed = say("value.reasons")
            yield self._condition("opaque", ", ".join(reasons), ">=", needed, self._as_alert())
        common = self.together()
        if common is not None:
            value = say("number.of", count=common.count, total=common.total)
            yield self._condition("days", value, ">=", "1", self._as_alert())
        if rule.startswith(_EXEMPTING) and self._sight is not None:
            certain, possible = self._sight.exempt(self._alert["company"])
            said = say("value.yes" if certain or possible else "value.none")
            yield self._condition("exempt", said, "=", say("value.no"), "possible" if possible else "certain")

    def _influence(self) -> Iterator[Condition]:
        text = {"COI-07": "influence_above", "COI-09": "seat", "PUB-01": "council"}.get(self._rule, "influence")
        needed = self._words.say(f"value.{_LEVELS.get(self._rule, 'levels')}")
        if self._rule == "PUB-01":
            needed = self._words.word("role", "councilMember")
        seen: dict[str, Result] = {}
        for each in self._duties:
            if each.level is None:
                continue
            value = self._words.say("value.influence", what=each.what, level=each.level)
            if seen.get(value) != "certain":
                seen[value] = "certain" if each.certain else "possible"
        for value, result in seen.items():
            yield self._condition(text, value, "in", needed, result)

    def _kinship(self) -> Iterator[Condition]:
        ties = [edge for path in self._alert["paths"] for edge in path if edge["kind"] == "relativeOf"]
        if not ties:
            return
        certain = all(edge["certainty"] == "certain" for edge in ties)
        holders = list(dict.fromkeys(name for stake in self.stakes for name in stake.holders))
        people = [name for name in holders if name != self._alert["persons"][0]] or [ties[-1]["to"]]
        needed = self._degrees()
        key = "household" if self._rule in ("COI-06", "COI-08", "PUB-01") else "relative"
        value = self._words.listed([self._labels.named(name) for name in people])
        yield self._condition(key, value, "<=", needed, "certain" if certain else "possible")

    def _degrees(self) -> str:
        widest = (self._profile.blood, self._profile.affinity)
        blood, affinity = map(min, widest, self._alert["parameters"].get("degrees", widest))
        return self._words.say("value.degrees", blood=blood, affinity=affinity)

    def _interest(self, stake: Stake) -> Iterator[Condition]:
        each = "_each" if self._rule in _PAIRS else ""
        company = self._labels.named(stake.company)
        share = self.share(stake)
        if stake.has("owns") and self.limit is not None and share is not None:
            key = {"COI-01": "share_direct", "COI-06": "share_together"}.get(self._rule, "share" + each)
            limit = self._words.share(Share(self.limit.value, self.limit.value))
            value = self._words.share(share)
            yield self._condition(key, value, self.limit.operator, limit, self.by_share(stake), company=company)
        owned = stake.has("owns") or stake.has("controls")
        itself = stake.holders == (stake.company,)
        told = self._sight is not None or stake.has("controls")  # control by votes is the graph's to tell
        if owned and told and not itself and (self._rule not in _SHARE_ALONE or stake.has("controls")):
            result = self.by_control(stake)
            value = self._words.say("value.control" if result != "no" else "value.no")
            needed = self._words.say("value.more_than_half")
            alone = "" if stake.has("owns") and self.limit is not None else "_alone"
            yield self._condition(f"control{alone}{each}", value, ">", needed, result, company=company)
        if stake.has("directs"):
            value = self._words.listed([self._labels.named(name) for name in stake.holders])
            needed = self._words.say("value.any_manager" if self._rule == "OWN-04" else "value.managing")
            result = _result(self._sight.manages(stake)) if self._sight is not None else self._as_alert()
            yield self._condition("role" + each, value, "in", needed, result, company=company)

    # --- how days and results are found ---------------------------------------------------------------------

    def _interest_days(self, stake: Stake) -> Days:
        """Days on which the interest counts by this rule, any way."""
        assert self._sight is not None
        days = Days()
        if self.limit is not None and (stake.has("owns") or not any(stake.paths)):
            days = self._sight.owns(stake, self.limit, self._rule == "COI-01")
        if self._rule not in _SHARE_ALONE or stake.has("controls") or self._rule == "COI-01":
            days = days | self._sight.controls(stake, self._rule == "COI-01")
        if stake.has("directs"):
            days = days | self._sight.manages(stake)
        if stake.holders == (stake.company,):
            party = self._sight.party(stake.company)
            days = days | (party.window if party is not None else days)
        return days

    def _direct_share(self, stake: Stake) -> Share | None:
        """What the paths' edges say: stakes of one source add up, several sources give the widest band."""
        by_source: dict[str, dict[str, Share]] = {}
        for path in stake.paths:
            if len(path) == 1 and path[0]["kind"] == "owns" and path[0]["share"]:
                event = path[0]["event"]
                by_source.setdefault(event["source"], {})[event["id"]] = share_of(path[0]["share"])
        totals = [_sum(list(stated.values())) for stated in by_source.values()]
        if not totals:
            return None
        return Share(min(each.low for each in totals), max(each.high for each in totals),
                     min(totals).low_open, max(totals, key=lambda each: each.high).high_open)  # fmt: skip

    def _as_alert(self) -> Result:
        return "certain" if self._alert["certainty"] == "certain" else "possible"

    def _yes(self, key: str) -> Condition:
        yes = self._words.say("value.yes")
        return self._condition(key, yes, "=", yes, self._as_alert())

    def _condition(
        self, key: str, value: str, operator: str, threshold: str, result: Result, **names: object
    ) -> Condition:
        return Condition(self._words.say(f"condition.{key}", **names), value, operator, threshold, result)


_LIMITS: Mapping[str, Threshold] = {"BEN-01": Threshold(Fraction(1, 20))}
"""Thresholds of rules whose alerts do not state them."""


def stretches(days: Days) -> list[tuple[str, str]]:
    """First and last day (both included) of each unbroken stretch: the certain ones where there are any."""
    return [(iso(start), iso(end - 1)) for start, end in days.certain or days.possible]


def _in_percent(written: str) -> str:
    """`>= 0.05`, as alerts write thresholds, as `>= 5 %`."""
    operator, _, figure = written.partition(" ")
    return f"{operator} {Fraction(figure) * 100} %"


def _sum(shares: Sequence[Share]) -> Share:
    return Share(
        sum((share.low for share in shares), Fraction(0)),
        sum((share.high for share in shares), Fraction(0)),
        any(share.low_open for share in shares),
        any(share.high_open for share in shares),
    )


def _length(parts: Sequence[tuple[int, int]]) -> int:
    return sum(end - start for start, end in parts)


def _result(days: Days) -> Result:
    return days.certainty or "no"
