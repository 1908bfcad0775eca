"""Why a subscription is not as asked."""

from __future__ import annotations


class BadWebhook(Exception):
    """A member has a wrong value."""

    def __init__(self, detail: str, pointer: str) -> None:
        super().__init__(detail)
        self.pointer = pointer


class UnknownWebhook(Exception):
    """There is no webhook of this id, or it is somebody else's."""
