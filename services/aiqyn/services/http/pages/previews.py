"""What an action on several alerts would change, before anything is done."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import Request
from starlette.responses import Response

from aiqyn.services.http.context import Context
from aiqyn.services.http.pages.queue import sums
from aiqyn.services.http.pages.site import render, spoken
from aiqyn.services.http.reader import Reader
from aiqyn.services.http.routes.actions import run
from aiqyn.services.http.security import Caller
from aiqyn.services.reading import alerts as reading
from aiqyn.services.review import asked
from aiqyn.services.store.alert_filter import AlertFilter

_GRAVE = ("critical", "high")
_HIDDEN_SHOWN = 50
_SUGGESTED = 90
"""Days for which a suppression is suggested."""


def preview_page(request: Request, ctx: Context, caller: Caller, kind: str, ids: tuple[str, ...]) -> Response:
    """The page with one form for all of them: all or nothing, one reason, one undo."""
    found = [each for id in ids if (each := reading.one(ctx.engine, id)) is not None]
    refused: list[dict[str, Any]] = []
    if kind != "suppress" and found:
        trial = asked.Request(
            kind, tuple(each["id"] for each in found), "notMaterial" if kind == "decide" else None, "-",
            assignee=caller.name if kind == "assign" else None,
        )  # fmt: skip
        refused = run(ctx, caller, trial, dry_run=True)["refused"]
    sight = Reader(ctx, caller, spoken(request))
    out = {each["alert"] for each in refused}
    shown = {each["id"]: sight.alert(each) for each in found}
    return render(
        request,
        "preview.html",
        caller,
        "alerts",
        kind=kind,
        ids=[each["id"] for each in found],
        without=[each["id"] for each in found if each["id"] not in out],
        alerts=shown,
        names=sight.names(found),
        money_of_all=sums(each["amount"] for each in found),
        proposed=sum(each["severity"] in _GRAVE for each in found if each["id"] not in out),
        closed=sum(each["severity"] not in _GRAVE for each in found if each["id"] not in out),
        refused=refused,
        scope=_common(list(shown.values())) if kind == "suppress" else None,
        hides=_hidden(ctx, sight, found) if kind == "suppress" else [],
        expires=(datetime.now(UTC).date() + timedelta(days=_SUGGESTED)).isoformat(),
        latest=(datetime.now(UTC).date() + timedelta(days=366)).isoformat(),
    )


def _common(alerts: list[dict[str, Any]]) -> dict[str, Any]:
    """What all the alerts share, as the scope that is suggested: the first choice of each part."""

    def shared(values: list[list[str]]) -> list[str]:
        numbers = Counter(value for each in values for value in set(each))
        return sorted(value for value, number in numbers.items() if number == len(values))

    return {
        "rules": sorted({alert["rule"] for alert in alerts}),
        "companies": shared([alert["companies"] for alert in alerts]),
        "buyers": shared([[alert["buyer"]] if alert["buyer"] else [] for alert in alerts]),
        "persons": shared([alert["persons"] for alert in alerts]),
    }


def _hidden(ctx: Context, sight: Reader, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Current alerts that a suppression of rule and company would hide, the chosen ones among them."""
    wanted = AlertFilter(
        rule=tuple(sorted({each["rule"] for each in found})),
        company=tuple(sorted({company for each in found for company in each["companies"]})),
    )
    listed = reading.listed(ctx.engine, wanted, reading.Review(), "priority", None, _HIDDEN_SHOWN)
    return [sight.alert(each) for each in listed.items]
