"""The embedded product without its commands: events into a real SQLite file, alerts out of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from aiqyn.schemas.envelope import read_structured
from aiqyn.schemas.errors import Rejected
from aiqyn.services import moments
from aiqyn.services.files import Incoming
from aiqyn.services.store.database import connect
from aiqyn.services.store.sql_store import SqlStore
from aiqyn.services.store.upgrade import upgrade
from aiqyn.streams.batch import Monitor
from aiqyn.streams.verdicts import Verdict

NAMESPACE = UUID("6f1c0c1e-0000-4000-8000-000000000000")
_HISTORY = frozenset({"revision", "raisedAt", "updatedAt", "retroactive"})


def template(folder: Path) -> Path:
    """An empty database with its tables, to be copied."""
    file = folder / "template.db"
    engine = connect(f"sqlite:///{file}", create=True)
    upgrade(engine)
    engine.dispose()
    return file


def incoming(lines: Iterable[bytes]) -> list[Incoming]:
    """Lines as records of a file."""
    records = []
    for number, line in enumerate(lines, start=1):
        try:
            records.append(Incoming(line, read_structured(line), None, number))
        except Rejected as error:
            records.append(Incoming(line, None, error, number))
    return records


class Database:
    """One database; every `feed` is a process of its own."""

    def __init__(self, empty: Path, file: Path, profile: str = "generic") -> None:
        shutil.copy(empty, file)
        self.engine = connect(f"sqlite:///{file}", create=False)
        self.store = SqlStore(self.engine)
        self.profile = profile

    def feed(self, lines: Iterable[bytes], batch: int = 1000) -> list[Verdict]:
        """Start on what is there, take the lines in, leave."""
        monitor = Monitor(self.store, self.profile, NAMESPACE, moments.now)
        monitor.start()
        records = incoming(lines)
        verdicts: list[Verdict] = []
        for start in range(0, len(records), batch):
            verdicts += monitor.run_batch(records[start : start + batch])
        return verdicts

    def alerts(self) -> list[dict[str, Any]]:
        """The last revision of every alert, withdrawn ones too."""
        return list(self.store.standing())

    def close(self) -> None:
        self.engine.dispose()


def content(alerts: Iterable[dict[str, Any]]) -> list[str]:
    """The current alerts without what tells of their arrival, sorted."""
    documents = []
    for alert in alerts:
        if alert["dataState"] == "current":
            kept = {name: value for name, value in alert.items() if name not in _HISTORY}
            kept["paths"] = [[{**link, "recordedAt": None} for link in path] for path in alert["paths"]]
            documents.append(json.dumps(kept, sort_keys=True, ensure_ascii=False))
    return sorted(documents)


def mismatches(expected: dict[str, Any], alerts: Sequence[dict[str, Any]]) -> list[str]:
    """What of a labelled scenario does not hold."""
    found = []
    for wanted in expected["expected"]:
        if not any(all(_fits(name, value, alert) for name, value in wanted.items()) for alert in alerts):
            found.append(f"missing: {wanted}")
    for rule in expected["mustNotFire"]:
        found += [
            f"fired: {rule} {alert['companies']} {alert['persons']}"
            for alert in alerts
            if alert["rule"] == rule and alert["dataState"] == "current"
        ]
    return found


def _fits(name: str, value: Any, alert: dict[str, Any]) -> bool:
    if name == "persons":
        return set(alert["persons"]) == set(value)
    if isinstance(value, dict) and "anyOf" in value:
        return alert[name] in value["anyOf"]
    if isinstance(value, list) and name == "rule":
        return alert[name] in value
    return bool(alert[name] == value)
