"""Codes in words: errors, roles of users."""

from __future__ import annotations

from aiqyn.schemas.errors import Meaning
from aiqyn.services.i18n.catalogue import text


def error(code: str, lang: str) -> Meaning:
    """What an error code says and what to do about it (`/errors/<code>`). Raises UnknownText for an unknown code."""
    return Meaning(text(f"error.{code}.title", lang), text(f"error.{code}.help", lang))


def role(code: str, lang: str) -> str:
    """A user's role. Raises UnknownText for an unknown one."""
    return text(f"role.{code}", lang)
