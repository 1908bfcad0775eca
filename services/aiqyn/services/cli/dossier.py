"""`aiqyn dossier`: an alert with all its evidence and proofs, in one file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from aiqyn.rules import messages
from aiqyn.services import moments
from aiqyn.services.audit import leaves, sequencer
from aiqyn.services.audit.dossier.make import dossier as made
from aiqyn.services.cli import output
from aiqyn.services.cli.exits import FINE, Failure
from aiqyn.services.cli.options import Db, Lang, Profile, known_language, read_settings
from aiqyn.services.cli.user import actor
from aiqyn.services.engines import loaded_engine
from aiqyn.services.reading.names import names_in
from aiqyn.services.store import reads
from aiqyn.services.store.database import writing
from aiqyn.services.store.opening import Database, open_to_read
from aiqyn.streams.explain import explain
from aiqyn.streams.moments import rfc3339


def dossier(
    alert: Annotated[str, typer.Argument(metavar="ALERT", help="Its id, or how it begins.", show_default=False)],
    out: Annotated[Path, typer.Option(metavar="FILE", help="The ZIP to write.")],
    lang: Lang = messages.DEFAULT,
    db: Db = None,
    profile: Profile = None,
) -> int:
    """Write the dossier of an alert: a ZIP that anybody can check, without this database and offline.

    It holds personal data, unmasked; the log keeps that it was made, and by whom.

    Example: `aiqyn dossier 0f8fad5b --out case.zip`, then `aiqyn verify-dossier case.zip`
    """
    settings = read_settings(db, profile)
    known_language(lang)
    with open_to_read(settings) as database:
        document = reads.one(database.engine, alert)
        if document is None:
            raise Failure(f"no alert has the id {alert}, or more than one; `aiqyn alerts --all` lists them")
        name = document["id"]
        _tell(database, name)
        signer = sequencer.signer_of(settings, database.engine)
        raw = made(database.engine, signer, name, lambda last: _explained(database, last, lang))
    assert raw is not None
    _write(out, raw)
    output.talk(f"{out}: {len(raw)} bytes; check it by `aiqyn verify-dossier {out} --key {signer.verifier().text()}`")
    return FINE


def _tell(database: Database, alert: str) -> None:
    """Restricted data leave the database: a leaf says who took them."""
    at = moments.now()
    with writing(database.engine) as connection:
        document = {"id": alert, "what": "dossier", "alert": alert, "by": actor(), "at": rfc3339(at)}
        leaves.record(connection, "export", alert, document, at)


def _explained(database: Database, last: dict[str, Any], lang: str) -> tuple[dict[str, Any], dict[str, str]]:
    engine, store = loaded_engine(database), database.store
    return msgspec.to_builtins(explain(engine, store, last, lang)), names_in(store, last)(engine)


def _write(out: Path, raw: bytes) -> None:
    part = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        part.write_bytes(raw)
        part.chmod(0o600)
        part.replace(out)
    except OSError as error:
        raise Failure(f"{out} cannot be written: {error.strerror}") from None
