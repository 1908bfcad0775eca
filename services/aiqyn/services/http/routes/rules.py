"""The catalogue of rules (interfaces, section 6; scope read)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends

from aiqyn.rules import catalogue, messages, pages
from aiqyn.rules import profile as profiles
from aiqyn.rules.model import Rule
from aiqyn.services.http.context import Context, Ctx
from aiqyn.services.http.problems import not_found
from aiqyn.services.http.security import Caller, needs

router = APIRouter(prefix="/v1/rules", tags=["reading"])
Read = Annotated[Caller, Depends(needs("read"))]
Lang = Literal["kk", "ru", "en"]


@router.get("")
def every(ctx: Ctx, caller: Read, lang: Lang = "en") -> dict[str, Any]:
    """Every rule with its parameters in the profile of the database."""
    items = [document(rule, lang) for rule in rules_of(ctx).values()]
    return {"items": items, "next": None, "total": len(items)}


@router.get("/{id}")
def one(id: str, ctx: Ctx, caller: Read, lang: Lang = "en") -> dict[str, Any]:
    """One rule."""
    rule = rules_of(ctx).get(id)
    if rule is None:
        raise not_found(f"there is no rule {id!r}")
    return document(rule, lang)


def rules_of(ctx: Context) -> dict[str, Rule]:
    return dict(catalogue.configure(profiles.load(ctx.database.profile)))


def document(rule: Rule, lang: str) -> dict[str, Any]:
    """The rule as the interface gives it."""
    known = lang if lang in messages.languages() else messages.DEFAULT
    return {
        "id": rule.id,
        "version": rule.version,
        "status": rule.status,
        "title": messages.title(rule, known),
        "summary": messages.summary(rule, known),
        "parameters": {name: pages.shown(value) for name, value, _ in rule.parameters()},
    }
