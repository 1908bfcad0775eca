"""Errors for people."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from aiqyn.services.http.pages.site import render, spoken
from aiqyn.services.http.problems import Problem
from aiqyn.services.http.security import Caller
from aiqyn.services.i18n.catalogue import catalogue, text


def page(
    request: Request, problem: Problem, kept: str = "", caller: Caller | None = None, before: str | None = None
) -> Response:
    """What could not be done, why, and what to do; `kept` is what the person had written, `before` the way back."""
    lang = spoken(request)
    known = catalogue(lang)
    own = f"error.{problem.code}.title"
    heading = text(own if own in known else "problem.title", lang)
    help_key = f"error.{problem.code}.help"
    shown = {
        "title": heading,
        "detail": problem.detail,
        "code": problem.code,
        "help": text(help_key, lang) if help_key in known else "",
        "refused": problem.members.get("refused", ()),
    }
    response = render(
        request, "problem.html", caller, status=problem.status, problem=shown, kept=kept,
        back=before or back(request),
    )  # fmt: skip
    response.headers.update(problem.headers)
    return response


def back(request: Request) -> str:
    """The page before, if it was ours."""
    before = request.headers.get("referer", "")
    base = str(request.base_url)
    return "/" + before[len(base) :].lstrip("/\\") if before.startswith(base) else "/alerts"
