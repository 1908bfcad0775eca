"""How the texts of settings must look: each function gives the value, or raises ValueError that says what is wanted."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from aiqyn.schemas.uri import is_uri_reference

_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.%a-z0-9]*")
_MOST_PORT = 65_535


def words(wanted: str, form: str) -> Callable[[str], str]:
    """A text that a regular expression describes; `wanted` describes it to people."""
    pattern = re.compile(form)

    def parse(text: str) -> str:
        if not pattern.fullmatch(text):
            raise ValueError(f"{wanted} is wanted, not {text!r}")
        return text

    return parse


name = words("a name of letters, digits, '.', '_' and '-', at most 200,", r"[A-Za-z0-9._-]{1,200}")
prefix = words("at most 100 letters, digits, '.', '_' and '-'", r"[A-Za-z0-9._-]{1,100}")
printable = words("one line of printable characters without spaces", r"[^\s\x00-\x1f\x7f]{1,1000}")
origin = words("a name without spaces and plus signs", r"[^\s+\x00-\x1f\x7f]{1,200}")


def key(text: str) -> str:
    """Printable ASCII, which a header can carry; the text is a secret and not repeated."""
    if not re.fullmatch(r"[\x21-\x7e]{1,500}", text):
        raise ValueError("a key as `aiqyn key add` prints it is wanted: ASCII without spaces")
    return text


def secret(text: str) -> str:
    """One printable line; it is not repeated."""
    if not text.isprintable():
        raise ValueError("one line of printable characters is wanted")
    return text


def host(text: str) -> str:
    if not _HOST.fullmatch(text):
        raise ValueError(f"the name or the address of a host is wanted, without port and scheme, not {text!r}")
    return text


def url(text: str) -> str:
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) <= _MOST_PORT
    except ValueError:
        good = False
    if not good or parts.query or parts.fragment or parts.username or re.search(r"\s", text):
        raise ValueError(f"an address as https://aiqyn.example is wanted, not {text!r}")
    return text


def source(text: str) -> str:
    if not is_uri_reference(text):
        raise ValueError(f"a URI or URI reference is wanted, as /aiqyn, not {text!r}")
    return text


def folder(text: str) -> str:
    """A path that is a folder, or nothing yet."""
    try:
        taken = Path(text).exists() and not Path(text).is_dir()
    except OSError as error:
        raise ValueError(f"the path of a folder is wanted: {error.strerror}") from None
    if taken:
        raise ValueError(f"the path of a folder is wanted; {text!r} is a file")
    return text


def pairs(text: str) -> tuple[tuple[str, str], ...]:
    """(verifier key, URL) of each witness."""
    found = [part.split() for part in text.split(",")]
    if any(len(pair) != 2 for pair in found):
        raise ValueError("pairs of a verifier key and a URL are wanted, separated by commas")
    return tuple((verifier, url(address)) for verifier, address in found)
