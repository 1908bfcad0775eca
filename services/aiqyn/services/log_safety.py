"""What must not stand in a log line: secrets, and what identifies a person.

A line of ours never quotes data of events. What others say (drivers, libraries, Python itself) may, so it goes through
here: of an error one sees where it happened, and its words only where they cannot be data.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Iterator
from urllib.parse import unquote, urlsplit

from aiqyn.services.settings import Settings

HIDDEN = "[hidden]"
_UNSHOWN = "(its words are not shown: they may quote data)"
_SPEAK = ("aiqyn", "kafka", "aiokafka", "faust", "mode", "psycopg", "sqlite3", "httpx", "httpcore", "ssl")
"""Packages whose errors speak of themselves, not of data."""
_PATTERNS = (
    (re.compile(r"(://[^:/@\s]*):[^@\s]+@"), rf"\1:{HIDDEN}@"),
    (re.compile(r"\b(aiqyn|whsec)_[\w+/=.-]{16,}"), HIDDEN),
    (re.compile(r"(?i)\b(bearer|basic) [\w+/=.~-]{8,}"), rf"\1 {HIDDEN}"),
    (re.compile(r"\b[A-Z]{2}-(IIN|NID|PASSPORT):\w+"), HIDDEN),
    # twelve digits are an IIN for all we know
    (re.compile(r"(?<![\w.:-])\d{12}(?![\w.:-])"), HIDDEN),
)
_SECRET_NAMES = ("password", "secret", "token")


def secrets(settings: Settings) -> tuple[str, ...]:
    """Values of settings that nobody may read in a log."""
    found = [settings.api_key, settings.oidc_client_secret]
    found += [value for name, value in settings.kafka.items() if any(word in name for word in _SECRET_NAMES)]
    try:
        password = urlsplit(settings.database_url).password or ""
    except ValueError:
        password = ""
    found += [password, unquote(password)]
    return tuple(sorted({value for value in found if value is not None and len(value) >= 4}, key=len, reverse=True))


def redactor(hidden: tuple[str, ...]) -> Callable[[str], str]:
    """A function that takes these values, and whatever looks like a key or a person's number, out of a text."""

    def redact(text: str) -> str:
        for value in hidden:
            text = text.replace(value, HIDDEN)
        for pattern, instead in _PATTERNS:
            text = pattern.sub(instead, text)
        return text

    return redact


def told(error: BaseException) -> str:
    """An error and what led to it, the first cause first, without words that may quote data."""
    return "\n".join(_lines(error))


def _lines(error: BaseException) -> Iterator[str]:
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        yield from _lines(cause)
        yield "which led to:"
    for line in traceback.format_tb(error.__traceback__):
        yield line.rstrip("\n")
    yield f"{type(error).__module__}.{type(error).__qualname__}: {_words(error)}"
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _lines(each)


def _words(error: BaseException) -> str:
    driver = getattr(error, "orig", None)  # SQLAlchemy's, around it, quotes the statement
    if isinstance(driver, BaseException):
        return f"{type(driver).__qualname__}: {_words(driver)}"
    primary = getattr(getattr(error, "diag", None), "message_primary", None)
    if primary is not None:
        state = str(getattr(error, "sqlstate", None))
        # class 22: data exceptions quote the value
        return _UNSHOWN if state.startswith("22") else f"{state} {primary}"
    if isinstance(error, OSError) or type(error).__module__.partition(".")[0] in _SPEAK:
        return str(error)
    return _UNSHOWN
