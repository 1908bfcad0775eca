"""Texts in the bodies of requests: what every database can store."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("the character NUL cannot be stored")
    return text


Text = Annotated[str, AfterValidator(_storable)]
