"""Whether everything received is accounted for (interfaces, section 6; scope read)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing, nullcontext
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from aiqyn.services import moments
from aiqyn.services.http.context import Ctx
from aiqyn.services.http.problems import Problem
from aiqyn.services.http.security import Caller, needs
from aiqyn.services.kafka.errors import KafkaUnavailable
from aiqyn.services.reconciliation.balances import Period
from aiqyn.services.reconciliation.lag import Stand
from aiqyn.services.reconciliation.report import reconcile

router = APIRouter(prefix="/v1", tags=["reading"])
Read = Annotated[Caller, Depends(needs("read"))]
Moment = Annotated[str | None, Query(max_length=40)]


@router.get("/reconciliation")
def reconciliation(
    ctx: Ctx, caller: Read, from_: Annotated[str | None, Query(alias="from", max_length=40)] = None, to: Moment = None
) -> dict[str, Any]:
    """As `aiqyn reconcile`: what came in over a period, what became of it, and what waits."""
    period = Period(_read(from_, "from", moments.parse), _read(to, "to", _end))
    try:
        stand = Stand(ctx.settings) if ctx.settings.kafka_bootstrap is not None else None
        with closing(stand) if stand is not None else nullcontext():
            return reconcile(ctx.engine, period, stand).as_json()
    except KafkaUnavailable as error:
        raise Problem(503, "engine.unavailable", str(error), headers={"Retry-After": "5"}) from None


def _end(text: str) -> int:
    """An instant; of a day, the first microsecond behind it."""
    known = moments.parse_known_at(text)
    return known + 1 if known != moments.parse(text) else known


def _read(text: str | None, name: str, parse: Callable[[str], int]) -> int | None:
    if not text:
        return None
    try:
        return parse(text)
    except (ValueError, OverflowError):
        detail = f"{name}: an instant (RFC 3339) or a day is wanted, not {text!r}"
        raise Problem(400, "parameter.invalid", detail) from None
