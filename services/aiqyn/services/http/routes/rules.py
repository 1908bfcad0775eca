"""The catalogue of rules (interfaces, section 6; scope read)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request, Response

from aiqyn.rules import catalogue, messages, pages
from aiqyn.rules import profile as profiles
from aiqyn.rules.model import Rule
from aiqyn.rules.profile import LegalReference
from aiqyn.services.http import paging
from aiqyn.services.http.context import Context, Ctx
from aiqyn.services.http.problems import not_found
from aiqyn.services.http.security import Caller, needs
from aiqyn.services.i18n.catalogue import language

router = APIRouter(prefix="/v1/rules", tags=["reading"])
Read = Annotated[Caller, Depends(needs("read"))]
Lang = Literal["kk", "ru", "en"]


@router.get("")
def every(
    request: Request,
    response: Response,
    ctx: Ctx,
    caller: Read,
    lang: Lang | None = None,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
    cursor: paging.Cursor = None,
    count: bool = False,
) -> dict[str, Any]:
    """Every rule with its parameters in the profile of the database."""
    spoken, law = language(lang, request.headers.get("accept-language")), profiles.load(ctx.database.profile).law
    items = [document(rule, spoken, law) for rule in rules_of(ctx).values()]
    return paging.whole(request, response, items, limit, cursor, count)


@router.get("/{id}")
def one(id: str, request: Request, ctx: Ctx, caller: Read, lang: Lang | None = None) -> dict[str, Any]:
    """One rule."""
    rule = rules_of(ctx).get(id)
    if rule is None:
        raise not_found(f"there is no rule {id!r}")
    spoken, law = language(lang, request.headers.get("accept-language")), profiles.load(ctx.database.profile).law
    return document(rule, spoken, law)


def rules_of(ctx: Context) -> dict[str, Rule]:
    return dict(catalogue.configure(profiles.load(ctx.database.profile)))


def document(rule: Rule, lang: str, law: Sequence[LegalReference] = ()) -> dict[str, Any]:
    """The rule as the interface gives it, with those provisions of a profile that it rests on."""
    known = lang if lang in messages.languages() else messages.DEFAULT
    return {
        "id": rule.id,
        "version": rule.version,
        "status": rule.status,
        "severity": pages.grade_of(rule, known),
        "needs": list(rule.needs),
        "title": messages.title(rule, known),
        "summary": messages.summary(rule, known),
        "parameters": {name: pages.shown(value) for name, value, _ in rule.parameters()},
        "law": [
            {
                "act": each.act, "article": each.article, "validFrom": each.valid_from, "validTo": each.valid_to,
                "reviewedBy": each.reviewed_by,
            }
            for each in law
            if each.rule == rule.id
        ],
    }  # fmt: skip
