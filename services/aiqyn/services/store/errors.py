"""Why the store did not do what it was asked. Each message says what to do; commands end with exit code 1."""

from __future__ import annotations


class StoreError(Exception):
    """The store cannot be used as asked."""


class NoDatabase(StoreError):
    """The database does not exist, and the command only reads."""


class SchemaOutdated(StoreError):
    """The tables are of another version of the product."""


class WrongProfile(StoreError):
    """The database holds the alerts of another profile."""


class ForeignKeys(StoreError):
    """The keys folder is not the one that the database's alerts were named with."""


class EngineRunning(StoreError):
    """Another engine drives this database."""


class StoreUnavailable(StoreError):
    """Try later: the database is locked, full or out of reach. Nothing was written, unless it is an OutcomeUnknown."""


class OutcomeUnknown(StoreUnavailable):
    """The connection broke during the commit: all of the transaction was written, or nothing; look before you repeat.

    Events may be sent again: what was written of them is a duplicate then.
    """
