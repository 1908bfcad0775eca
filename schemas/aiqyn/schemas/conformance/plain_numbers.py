"""Numbers that decoding kept as text, turned into numbers that a validator takes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec


def with_plain_numbers(tree: object) -> object:
    """The same JSON value with every `msgspec.Raw` number as an int or an exact Decimal.

    The tree itself, not a copy, if it holds none. Raises TypeError on what no JSON value decodes to.
    """
    numbers = 0

    def plain(value: object) -> int | Decimal:
        nonlocal numbers
        numbers += 1
        return _number(value)

    copy: Any = msgspec.to_builtins(tree, builtin_types=(Decimal,), enc_hook=plain)
    return copy if numbers else tree


def _number(value: object) -> int | Decimal:
    if not isinstance(value, msgspec.Raw):
        raise TypeError(f"not part of a JSON value: {type(value).__name__}")
    text = bytes(value).decode()
    # A literal without a point or an exponent is an integer to every draft, however long it is.
    return int(text) if text.lstrip("-").isdecimal() else Decimal(text)
