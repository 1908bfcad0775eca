"""Alerts: what rules found in a case, named, capped by identity and written in the contract's form (design, 9)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid5

from aiqyn.rules.model import Finding, Path, Rule, Severity, at_most, worse
from aiqyn.rules.view import Case, Link, Node
from aiqyn.schemas.days import iso
from aiqyn.schemas.shares import Share, Threshold
from aiqyn.streams.detection.missing import missing
from aiqyn.streams.detection.view import LevelView
from aiqyn.streams.facts import Head
from aiqyn.streams.identity.clusters import LEVELS
from aiqyn.streams.identity.naming import cluster_name
from aiqyn.streams.moments import rfc3339

MOST_PATHS = 50
_CAPS: Mapping[str, Severity] = {
    "identifier": "critical",
    "decided": "high",
    "corroborated": "high",
    "unconfirmed": "medium",
}

Alert = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Draft:
    """One alert of a case as the present facts give it, before its history is added."""

    id: str
    document: Alert
    """Without revision, raisedAt and updatedAt; `retroactive` is the engine's to judge."""
    evidence: tuple[int, ...]
    """Ledger numbers on its paths, sorted."""


class Names:
    """Names of nodes in one finding: records that may be the same person share the smallest name."""

    def __init__(self, view: LevelView, finding: Finding) -> None:
        self._view = view
        self._alike: dict[Node, set[Node]] = {}
        for path in finding.paths:
            for link in path.interest:
                if link.kind == "sameAs" and isinstance(link.source, int) and isinstance(link.target, int):
                    group = self._alike.setdefault(link.source, {link.source})
                    group |= self._alike.setdefault(link.target, {link.target})
                    for node in group:
                        self._alike[node] = group

    def person(self, node: Node) -> str:
        """The name under which the alert lists the person."""
        return cluster_name(self._view.name(each) for each in self._alike.get(node, (node,)))

    def end(self, node: Node | str) -> str:
        """The name of a path's node: its own record's."""
        return node if isinstance(node, str) else self._view.name(node)


class Drafts:
    """Collects the findings of a case, level after level: the first level at which an alert fires stands."""

    def __init__(self, case: Case, rules: Mapping[str, Rule], profile: str, namespace: UUID) -> None:
        self._case = case
        self._rules = rules
        self._profile = profile
        self._namespace = namespace
        self._merged: dict[tuple[str, tuple[str, ...], tuple[str, ...]], _Merged] = {}

    def add(self, finding: Finding, view: LevelView) -> None:
        names = Names(view, finding)
        companies = tuple(sorted({view.name(node) for node in finding.companies}))
        persons = tuple(dict.fromkeys(names.person(node) for node in finding.persons))
        if len(persons) < len(set(finding.persons)):
            # records that are joined above this level: no relative of oneself, no household of one
            return
        key = (finding.rule, companies, persons)
        known = self._merged.get(key)
        identity = LEVELS[view.level - 1]
        if known is None:
            self._merged[key] = _Merged(finding, view, identity, names, companies, persons)
        elif known.view.level == view.level:
            known.merge(finding, names)

    def alerts(self, name_of_buyer: str | None, heads: Callable[[Iterable[int]], Mapping[int, Head]]) -> list[Draft]:
        """The alerts. `heads` gives the events with these ledger numbers."""
        return [self._draft(merged, name_of_buyer, heads(merged.cited())) for merged in self._merged.values()]

    def _draft(self, merged: _Merged, buyer: str | None, heads: Mapping[int, Head]) -> Draft:
        case, finding = self._case, merged.finding
        rule = self._rules[finding.rule]
        company = merged.companies[0]
        party = finding.party
        paths, omitted, evidence = merged.paths(heads)
        filed = [str(day) for day in _listed(finding, "filed")]
        lacking = missing(party, filed, paths, heads.values()) if merged.certainty == "possible" else []
        parameters = {name: share_json(value) for name, value in sorted(finding.parameters.items())}
        document: Alert = {
            "id": alert_id(self._namespace, rule.id, case, merged.companies, merged.persons, buyer),
            "rule": rule.id,
            "ruleVersion": rule.version,
            "profile": self._profile,
            "title": rule.title,
            "summary": rule.summary.format(
                persons=", ".join(merged.persons), companies=", ".join(merged.companies), buyer=buyer or ""
            ),
            "dataState": "current",
            "withdrawnReason": None,
            "managed": merged.managed,
            "severity": at_most(merged.severity, _CAPS[merged.identity]),
            "certainty": merged.certainty,
            "identity": merged.identity,
            "ocid": case.ocid,
            "allocation": case.allocation,
            "lots": sorted(party.lots),
            "awards": list(party.awards),
            "stage": party.stage,
            "buyer": buyer,
            "company": company,
            "companies": list(merged.companies),
            "persons": list(merged.persons),
            "window": [iso_or_none(party.first_day), iso_or_none(party.last_day)],
            "dateBasis": party.date_basis,
            "amount": {"amount": party.amount[0], "currency": party.amount[1]} if party.amount else None,
            "paths": paths,
            "parameters": parameters,
            "retroactive": False,
            "pathsOmitted": omitted,
            "missing": lacking,
        }
        return Draft(document["id"], document, evidence)


@dataclass(slots=True)
class _Merged:
    """The findings of one rule about the same companies and persons, at one level."""

    finding: Finding
    view: LevelView
    identity: str
    names: Names
    companies: tuple[str, ...]
    persons: tuple[str, ...]
    severity: Severity = "info"
    certainty: str = "possible"
    managed: bool = False
    _paths: list[tuple[Path, Names]] | None = None
    _omitted: int = 0

    def __post_init__(self) -> None:
        self.severity = self.finding.severity
        self.certainty = self.finding.certainty
        self.managed = self.finding.managed
        self._paths = [(path, self.names) for path in self.finding.paths]
        self._omitted = self.finding.paths_omitted

    def merge(self, finding: Finding, names: Names) -> None:
        self.severity = worse(self.severity, finding.severity)
        if finding.certainty == "certain":
            self.certainty = "certain"
        self.managed = self.managed and finding.managed
        assert self._paths is not None
        self._paths += [(path, names) for path in finding.paths]
        self._omitted = -1 if min(self._omitted, finding.paths_omitted) < 0 else self._omitted + finding.paths_omitted
        merged = dict(self.finding.parameters)
        for name, value in finding.parameters.items():
            known = merged.get(name)
            if isinstance(known, list) and isinstance(value, list):
                merged[name] = sorted({*known, *value})
        self.finding = replace(self.finding, parameters=merged)

    def cited(self) -> set[int]:
        """Ledger numbers of every event on a path."""
        assert self._paths is not None
        return {link.seq for path, _ in self._paths for side in path for link in side}

    def paths(self, heads: Mapping[int, Head]) -> tuple[list[list[dict[str, Any]]], int, tuple[int, ...]]:
        """Paths in the contract's form, shortest first, then by names and events; how many are left out; and the ledger
        numbers that the shown ones cite."""
        assert self._paths is not None
        written: dict[tuple[object, ...], tuple[list[dict[str, Any]], set[int]]] = {}
        for path, names in self._paths:
            links = [_written(link, "duty", names, heads[link.seq]) for link in path.duty]
            links += [_written(link, "interest", names, heads[link.seq]) for link in path.interest]
            written.setdefault(_path_key(links), (links, {link.seq for side in path for link in side}))
        ordered = [written[key] for key in sorted(written)]
        left_out = max(0, len(ordered) - MOST_PATHS)
        omitted = -1 if self._omitted < 0 else self._omitted + left_out
        shown = ordered[:MOST_PATHS]
        return (
            [links for links, _ in shown],
            omitted,
            tuple(sorted({seq for _, seqs in shown for seq in seqs})),
        )


def _path_key(links: Sequence[Mapping[str, Any]]) -> tuple[object, ...]:
    """Shortest first, then by the names and the events of its links."""
    return (
        len(links),
        tuple((link["from"], link["kind"], link["to"], link["event"]["source"], link["event"]["id"]) for link in links),
        tuple(str(link["share"]) + str(link["valid"]) + link["certainty"] for link in links),
    )


def _written(link: Link, side: str, names: Names, head: Head) -> dict[str, Any]:
    return {
        "side": side,
        "kind": link.kind,
        "from": names.end(link.source),
        "to": names.end(link.target),
        "share": share_json(link.share) if link.share is not None else None,
        "valid": [link.start, link.end],
        "recordedAt": rfc3339(head.recorded_at),
        "event": {"source": head.source, "id": head.id},
        "certainty": "certain" if link.certain else "possible",
    }


def _listed(finding: Finding, name: str) -> list[object]:
    """A parameter of the finding that is a list; empty where it has none."""
    value = finding.parameters.get(name)
    return value if isinstance(value, list) else []


def iso_or_none(day: int) -> str | None:
    return iso(day) if day >= 1 else None


def share_json(value: object) -> object:
    """A parameter in JSON terms; exact."""
    if isinstance(value, Threshold):
        return f"{value.operator} {exact(value.value)}"
    if isinstance(value, Share):
        return {
            "min": exact(value.low),
            "max": exact(value.high),
            "minExclusive": value.low_open,
            "maxExclusive": value.high_open,
        }
    if isinstance(value, Fraction):
        return exact(value)
    if isinstance(value, (list, tuple)):
        return [share_json(item) for item in value]
    return value


def exact(value: Fraction) -> str:
    """A fraction of 1 as a decimal string: exact where its decimals end within 30 digits, else to 30 digits."""
    sign = "-" if value < 0 else ""
    whole, rest = divmod(abs(value), 1)
    digits: list[str] = []
    while rest and len(digits) < 30:
        digit, rest = divmod(rest * 10, 1)
        digits.append(str(int(digit)))
    return sign + str(int(whole)) + ("." + "".join(digits) if digits else "")


def alert_id(
    namespace: UUID,
    rule: str,
    case: Case,
    companies: Sequence[str],
    persons: Sequence[str],
    buyer: str | None,
) -> str:
    """The id of an alert: a uuid5 of what it is about, never of what it says."""
    about = [rule, case.ocid or "", case.allocation or "", "\x1e".join(companies), "\x1e".join(persons)]
    if case.ocid is None and case.allocation is None:
        about.append(buyer or "")
    return str(uuid5(namespace, "\x1f".join(about)))
