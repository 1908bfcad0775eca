"""What to install before a server can run."""

from __future__ import annotations


class Missing(Exception):
    """A program that the server needs is not here; the message says what to install."""
