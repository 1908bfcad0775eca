"""What all bodies of our own have in common: no unknown member, and no text that a database cannot hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator
from pydantic_core import PydanticCustomError

UNSTORABLE = "text_unstorable"
"""The type of the error, which the problem document tells as `text.invalid`."""


class OwnBody(BaseModel):
    """A JSON body of the interface; events are none, and wrong credentials all look the same."""

    model_config = ConfigDict(extra="forbid")

    @field_validator("*")
    @classmethod
    def _holds_no_nul(cls, value: Any) -> Any:
        if any("\0" in text for text in _texts(value)):
            raise PydanticCustomError(UNSTORABLE, "the character NUL is not taken")
        return value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from (name, *_texts(each))
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
