"""The page that asks in SQL."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from aiqyn.services.http.context import Ctx
from aiqyn.services.http.pages.site import Visitor, render
from aiqyn.services.http.problems import Problem
from aiqyn.services.http.routes.sql import sql as answered
from aiqyn.services.store.views import COLUMNS

router = APIRouter(include_in_schema=False)
Lang = str | None
_EXAMPLES = {
    "example_rules": (
        "SELECT rule, severity, count(*) AS alerts FROM v1_alerts WHERE data_state = 'current' "
        "GROUP BY rule, severity ORDER BY alerts DESC"
    ),
    "example_companies": (
        "SELECT company, json_extract(amount, '$.currency') AS currency, "
        "sum(json_extract(amount, '$.amount')) AS money, count(*) AS alerts "
        "FROM v1_alerts WHERE data_state = 'current' GROUP BY company, currency ORDER BY money DESC LIMIT 50"
    ),
    "example_links": (
        "SELECT kind, substr(recorded_at, 1, 4) AS year, count(*) AS links FROM v1_links "
        "GROUP BY kind, year ORDER BY 1, 2"
    ),
}


@router.get("/sql")
def sql(
    request: Request, ctx: Ctx, caller: Visitor, query: Annotated[str, Query(max_length=10_000)] = "", lang: Lang = None
) -> Response:
    """A query over the pseudonymised views; it stands in the address."""
    if "export" not in caller.scopes:
        raise Problem(403, "scope.missing", "this needs the scope export")
    result: dict[str, Any] | None = None
    error = ""
    if query.strip():
        try:
            result = answered(ctx, caller, query)
        except Problem as problem:
            error = problem.detail
    return render(
        request, "sql.html", caller, "sql", query=query, result=result, error=error, views=COLUMNS, examples=_EXAMPLES
    )
