"""Where a browser may be sent after signing in."""

from __future__ import annotations

HOME = "/alerts"


def own_path(path: str) -> str:
    """A path on this server; anything else is the home page: nobody is led away."""
    plain = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if plain and all(" " <= character != "\x7f" for character in path) else HOME
