"""Why an account was not made, changed or let in."""

from __future__ import annotations


class AccountError(Exception):
    """It cannot be done as asked; the message says why. `pointer` names the member of the request."""

    def __init__(self, detail: str, pointer: str = "") -> None:
        super().__init__(detail)
        self.pointer = pointer


class WrongValue(AccountError):
    """A value that can never be taken, whatever accounts there are: no such role, no such scope."""


class UnknownAccount(AccountError):
    """There is no such user or key."""
