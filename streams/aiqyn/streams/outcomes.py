"""What every rule answers about one process or allocation: triggered, not triggered, or insufficient data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from aiqyn.rules import catalogue, messages
from aiqyn.streams.engine import Engine
from aiqyn.streams.world.cases import allocation_key


class MissingFact(Struct, frozen=True):
    """A fact that is not on record."""

    fact: str
    """An event type, with a member where that alone is wanted: `registry.company.parentBody`."""
    about: str | None
    """The company or body that it would be about, never a person; None: the process itself."""


class RuleOutcome(Struct, frozen=True):
    """What one rule answers."""

    rule: str
    title: str
    result: Literal["triggered", "notTriggered", "insufficient"]
    missing: tuple[MissingFact, ...]
    """What would have to be on record for a no; empty unless the result is insufficient."""
    alerts: tuple[str, ...]


class Outcomes(Struct, frozen=True):
    """What all rules that speak on such a case answer, by id."""

    ocid: str | None
    allocation: str | None
    cancelled: bool
    """A cancelled process is not judged: no rule is triggered and none asks for facts."""
    rules: tuple[RuleOutcome, ...]


def outcomes(engine: Engine, id: str, lang: str = messages.DEFAULT) -> Outcomes | None:
    """The answers about the process with that ocid, else about the allocation with that id; None where there is
    neither. Cost: judging the case, and reading the staff of the buyer and their families once."""
    world = engine.world
    process = world.processes.get(id)
    found = engine.outcomes(id if process is not None else allocation_key(id))
    if found is None:
        return None
    rules = catalogue.load()
    return Outcomes(
        ocid=id if process is not None else None,
        allocation=None if process is not None else id,
        cancelled=process is not None and process.cancelled,
        rules=tuple(
            RuleOutcome(
                outcome.rule,
                messages.title(rules[outcome.rule], lang),
                outcome.result,
                tuple(MissingFact(each.fact, each.about) for each in outcome.missing),
                outcome.alerts,
            )
            for outcome in found
        ),
    )


def as_text(found: Outcomes, lang: str = messages.DEFAULT) -> Iterator[str]:
    """The answers in words, a line each: rule, result, and what would have to be on record."""
    yield messages.text("outcome.cancelled" if found.cancelled else "outcome.heading", lang, case=_case(found))
    for outcome in found.rules:
        said = messages.text(f"outcome.{outcome.result}", lang)
        details = [*outcome.alerts, *_facts(outcome, lang)]
        yield f"{outcome.rule} {outcome.title}: {said}" + (f" ({'; '.join(details)})" if details else "")
    if any(outcome.result == "insufficient" for outcome in found.rules):
        yield messages.text("outcome.not_no", lang)


def _case(found: Outcomes) -> str:
    return found.ocid or found.allocation or ""


def _facts(outcome: RuleOutcome, lang: str) -> list[str]:
    """Each fact once, with those whom it is missing of."""
    by_fact: dict[str, list[str]] = {}
    for each in outcome.missing:
        by_fact.setdefault(each.fact, []).extend([each.about] if each.about else [])
    return [
        f"{messages.fact(fact, lang)}: {', '.join(about)}" if about else messages.fact(fact, lang)
        for fact, about in by_fact.items()
    ]
