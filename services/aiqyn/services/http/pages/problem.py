"""Errors for people."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from aiqyn.services.http.pages.site import render, spoken
from aiqyn.services.http.problems import Problem
from aiqyn.services.i18n.catalogue import catalogue, text


def page(request: Request, problem: Problem, kept: str = "") -> Response:
    """What could not be done and why; `kept` is what the person had written."""
    lang = spoken(request)
    key = f"problemTitle.{problem.code.replace('.', '_')}"
    heading = text(key, lang) if key in catalogue(lang) else text("problem.title", lang)
    shown = {"title": heading, "detail": problem.detail, "refused": problem.members.get("refused", ())}
    response = render(
        request, "problem.html", None, status=problem.status, problem=shown, kept=kept, back=_back(request)
    )
    response.headers.update(problem.headers)
    return response


def _back(request: Request) -> str:
    """The page before, if it was ours."""
    before = request.headers.get("referer", "")
    base = str(request.base_url)
    return "/" + before[len(base) :] if before.startswith(base) else "/alerts"
