"""The catalogue of rules (interfaces, section 6; scope read)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request

from aiqyn.rules import catalogue, messages, pages
from aiqyn.rules import profile as profiles
from aiqyn.rules.model import Rule
from aiqyn.services.http.context import Context, Ctx
from aiqyn.services.http.problems import not_found
from aiqyn.services.http.security import Caller, needs
from aiqyn.services.i18n.catalogue import language

router = APIRouter(prefix="/v1/rules", tags=["reading"])
Read = Annotated[Caller, Depends(needs("read"))]
Lang = Literal["kk", "ru", "en"]


@router.get("")
def every(request: Request, ctx: Ctx, caller: Read, lang: Lang | None = None) -> dict[str, Any]:
    """Every rule with its parameters in the profile of the database."""
    items = [
        _document(ctx, rule, language(lang, request.headers.get("accept-language"))) for rule in rules_of(ctx).values()
    ]
    return {"items": items, "next": None, "total": len(items)}


@router.get("/{id}")
def one(id: str, request: Request, ctx: Ctx, caller: Read, lang: Lang | None = None) -> dict[str, Any]:
    """One rule."""
    rule = rules_of(ctx).get(id)
    if rule is None:
        raise not_found(f"there is no rule {id!r}")
    return _document(ctx, rule, language(lang, request.headers.get("accept-language")))


def rules_of(ctx: Context) -> dict[str, Rule]:
    return dict(catalogue.configure(profiles.load(ctx.database.profile)))


def _document(ctx: Context, rule: Rule, lang: str) -> dict[str, Any]:
    """The rule as the interface gives it, with the provisions that the database's profile rests it on."""
    known = lang if lang in messages.languages() else messages.DEFAULT
    return {
        "id": rule.id,
        "version": rule.version,
        "status": rule.status,
        "severity": rule.severity,
        "needs": list(rule.needs),
        "title": messages.title(rule, known),
        "summary": messages.summary(rule, known),
        "parameters": {name: pages.shown(value) for name, value, _ in rule.parameters()},
        "law": [
            {
                "act": each.act, "article": each.article, "validFrom": each.valid_from, "validTo": each.valid_to,
                "reviewedBy": each.reviewed_by,
            }
            for each in profiles.load(ctx.database.profile).law
            if each.rule == rule.id
        ],
    }  # fmt: skip
