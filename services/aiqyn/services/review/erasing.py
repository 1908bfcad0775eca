"""Erasing a person's data by order: events leave the ledger, alerts lose the names; what was there can be proved."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Engine, delete, func, insert, or_, select, update

from aiqyn.schemas.identifiers import parse_atom
from aiqyn.services.audit.leaves import entry_hash
from aiqyn.services.privacy.handles import Handles
from aiqyn.services.review import suppressions
from aiqyn.services.store import alert_rows
from aiqyn.services.store.database import is_sqlite, reading
from aiqyn.services.store.event_name import event_name
from aiqyn.services.store.ports_of import store_of
from aiqyn.services.store.tables import (
    REVIEW_COLUMNS,
    action,
    action_alert,
    alert,
    alert_entity,
    alert_event,
    alert_revision,
    erased,
    event,
    leaf,
    quality_issue,
    quarantine,
    suppression,
)
