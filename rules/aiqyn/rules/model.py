"""What a rule is and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from fractions import Fraction
from typing import Any, Literal, NamedTuple

from aiqyn.rules.profile import Profile
from aiqyn.rules.view import Case, GraphView, Node, Party, Way
from aiqyn.schemas.days import Certainty

Severity = Literal["critical", "high", "medium", "low", "info"]
SEVERITIES: tuple[Severity, ...] = ("info", "low", "medium", "high", "critical")
Status = Literal["draft", "shadow", "active", "retired"]


class Path(NamedTuple):
    """One way from the official to the case twice: through duty, and through interest."""

    duty: Way
    interest: Way


@dataclass(frozen=True, slots=True)
class Finding:
    """One potential conflict, as one rule sees it at one level of identity."""

    rule: str
    party: Party
    companies: tuple[Node, ...]
    persons: tuple[Node, ...]
    """The official first, then who holds the interest; each once."""
    certainty: Certainty
    severity: Severity
    paths: Sequence[Path]
    paths_omitted: int = 0
    managed: bool = False
    parameters: Mapping[str, object] = field(default_factory=dict)
    """What the message says beside the persons and companies, and the parameters used."""


class Lack(NamedTuple):
    """A fact that is not on record, without which a rule cannot answer no."""

    fact: str
    """The type of event that would state it, with a member where that alone is wanted:
    `registry.company.parentBody`."""
    about: Node | None
    """The company or body that it would be about, never a person; None: the process itself."""


Topic = Literal["people", "declarations", "rivals", "owners", "listed"]
"""people: persons of interest in a party; declarations: a person named in the case who declared anything; rivals: two
bidders with somebody in common; owners: an unspecified owner, loop or over-allocation upstream; listed: somebody
debarred."""


def never(params: object) -> bool:
    return False


class Law(NamedTuple):
    """A legal basis, as a profile cites it."""

    jurisdiction: str
    act: str
    article: str


Check = Callable[[Case, GraphView, Any, Profile], Iterator[Finding]]
Lacking = Callable[[Case, GraphView, Any, Profile], Iterator[Lack]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A pure function over a case and a view of the graph, with all that people need to judge it.

    `check` gives findings at the view's level of identity; the caller takes the first level at which an alert fires,
    caps its severity by identity and names it. It may give the same persons and companies more than once: the highest
    severity and the best certainty stand.
    """

    id: str
    version: int
    title: str
    summary: str
    """Message template: `{persons}`, `{companies}`, `{buyer}` and the finding's parameters."""
    severity: str
    """Its severity in words, for the page."""
    mapping: str = ""
    """Where the pattern is known from."""
    needs: tuple[str, ...]
    """Kinds of facts (event types) without which it answers insufficient data."""
    topic: Topic
    """What must be near a case for the rule to have anything to say: the engine asks that first, cheaply."""
    always: Callable[[Any], bool] = never
    """Whether with these parameters it must see every case all the same."""
    allocations: bool = False
    """Whether it speaks on `allocation.made` instead of procurement."""
    both: bool = False
    """Whether it speaks on both."""
    status: Status = "active"
    params: Any
    """A frozen dataclass; each field has `metadata["help"]`."""
    check: Check
    lacking: Lacking
    """What is not on record of a case: where `check` finds nothing and this something, the answer is insufficient
    data."""
    near_miss: str = ""
    """What it does not see, in a sentence."""

    def parameters(self) -> Iterator[tuple[str, object, str]]:
        """Name, default and help of each parameter."""
        for item in fields(self.params):
            yield item.name, getattr(self.params, item.name), item.metadata.get("help", "")


def worse(left: Severity, right: Severity) -> Severity:
    """The higher severity."""
    return max(left, right, key=SEVERITIES.index)


def at_most(severity: Severity, cap: Severity) -> Severity:
    return min(severity, cap, key=SEVERITIES.index)


def percent(value: Fraction) -> str:
    """An exact fraction of 1 as percent, in decimals where they end, else to 12 digits."""
    scaled = value * 100
    if scaled.denominator == 1:
        return str(scaled.numerator)
    whole = f"{float(scaled):.12g}"
    return whole
