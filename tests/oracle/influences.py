"""Who has a say in a process, and who only seems to: posts, seats, recusals and their corrections."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from tests.oracle.planned import DAY, ROLES, Process
from tests.oracle.statements import CORRECTED, Body, Person

if TYPE_CHECKING:
    from tests.oracle.country import Builder


def influence(b: Builder, run: Process, official: Person, company: Body, spoil: bool) -> bool | None:
    """Give the official a say in `run`: True certainly, False possibly, None not at all."""
    if spoil:
        b.random.choice(SPOILT_INFLUENCES)(b, run, official, company)
        return None
    return b.random.choice(INFLUENCES)(b, run, official, company)


# Influence and interest share a day where either is in force throughout, so these stay for the whole window.
def _plain_post(b: Builder, run: Process, official: Person, company: Body) -> bool:
    b.book.post(official, run.buyer, b.random.choice(ROLES), date(2021, 1, 11))
    return True


def _perhaps_post(b: Builder, run: Process, official: Person, company: Body) -> bool:
    b.book.post(official, run.buyer, b.random.choice(ROLES), date(2021, 1, 11), f"{run.first.year}")
    return False


def _seat(b: Builder, run: Process, official: Person, company: Body) -> bool:
    role = b.random.choice(("chair", "member", "evaluator", "specAuthor", "approver", "secretary"))
    b.book.committee(run.ocid, official, role, None, [])
    return True


def _late_recusal(b: Builder, run: Process, official: Person, company: Body) -> bool:
    b.book.committee(run.ocid, official, "member", run.last, [])
    return True


def _corrected_post(b: Builder, run: Process, official: Person, company: Body) -> bool:
    key = f"post-{official.number}"
    b.book.post(official, run.buyer, "head", date(2021, 1, 11), date(2023, 9, 1), key)
    b.book.post(official, run.buyer, "head", date(2021, 1, 11), None, key, CORRECTED)
    return True


def _correction_taken_back(b: Builder, run: Process, official: Person, company: Body) -> bool:
    key = f"post-{official.number}"
    b.book.post(official, run.buyer, "head", date(2021, 1, 11), None, key)
    b.book.retract(b.book.post(official, run.buyer, "head", date(2021, 1, 11), date(2023, 9, 1), key, CORRECTED))
    return True


def _managed(b: Builder, run: Process, official: Person, company: Body) -> bool:
    b.book.committee(run.ocid, official, "chair", run.last - DAY, [])
    b.book.declares(official, company, run.last - DAY)
    return True


def _declared_too_late(b: Builder, run: Process, official: Person, company: Body) -> None:
    b.book.committee(run.ocid, official, "chair", run.last - DAY, [])
    b.book.declares(official, company, run.last)


def _ended_post(b: Builder, run: Process, official: Person, company: Body) -> None:
    b.book.post(official, run.buyer, "head", date(2021, 1, 11), run.first)


def _future_post(b: Builder, run: Process, official: Person, company: Body) -> None:
    b.book.post(official, run.buyer, "procurement", run.last + DAY)


def _council_post(b: Builder, run: Process, official: Person, company: Body) -> None:
    b.book.post(official, run.buyer, "councilMember", date(2021, 1, 11))


def _recused(b: Builder, run: Process, official: Person, company: Body) -> None:
    b.book.committee(run.ocid, official, "member", run.last - DAY, [])


def _wrong_post(b: Builder, run: Process, official: Person, company: Body) -> None:
    b.book.retract(b.book.post(official, run.buyer, "head", date(2021, 1, 11)))


def _post_corrected_away(b: Builder, run: Process, official: Person, company: Body) -> None:
    key = f"post-{official.number}"
    b.book.post(official, run.buyer, "head", date(2021, 1, 11), None, key)
    b.book.post(official, run.buyer, "head", date(2021, 1, 11), date(2023, 9, 1), key, CORRECTED)


def _overseer(b: Builder, run: Process, official: Person, company: Body) -> None:
    b.book.committee(run.ocid, official, "reviewer", None, [])


Say = Callable[["Builder", Process, Person, Body], bool]
NoSay = Callable[["Builder", Process, Person, Body], None]
INFLUENCES: tuple[Say, ...] = (
    _plain_post,
    _plain_post,
    _plain_post,
    _seat,
    _late_recusal,
    _corrected_post,
    _perhaps_post,
    _correction_taken_back,
    _managed,
)
SPOILT_INFLUENCES: tuple[NoSay, ...] = (
    _ended_post,
    _future_post,
    _council_post,
    _recused,
    _wrong_post,
    _post_corrected_away,
    _overseer,
    _declared_too_late,
)
