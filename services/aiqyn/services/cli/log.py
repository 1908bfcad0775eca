"""`aiqyn log`: the audit log, and the database against it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from aiqyn.services.audit import notes, sequencer
from aiqyn.services.audit.notes import BadNote, Checkpoint, Signer, Verifier
from aiqyn.services.audit.verify.database import verify as verified
from aiqyn.services.cli import output
from aiqyn.services.cli.exits import FAILED, FINE, Failure
from aiqyn.services.cli.options import Db, Profile, read_settings
from aiqyn.services.privacy.handles import Handles
from aiqyn.services.store.errors import StoreError
from aiqyn.services.store.opening import open_to_read

app = typer.Typer(no_args_is_help=True, help="The audit log: its checkpoint, its key, and the database against it.")


@app.command("checkpoint")
def checkpoint(db: Db = None, profile: Profile = None) -> int:
    """Put what waits into the log and print its newest checkpoint, a signed note. Give it to others to keep.

    Example: `aiqyn log checkpoint > 2026-05-01.checkpoint`
    """
    settings = read_settings(db, profile)
    with open_to_read(settings) as database:
        note = sequencer.advance(database.engine, sequencer.signer_of(settings, database.engine))
    output.text(note.removesuffix("\n"))
    return FINE


@app.command("key")
def key(db: Db = None, profile: Profile = None) -> int:
    """Print the log's verifier key, by which anybody checks its checkpoints."""
    settings = read_settings(db, profile)
    with open_to_read(settings) as database:
        output.text(sequencer.signer_of(settings, database.engine).verifier().text())
    return FINE


@app.command("verify")
def verify(
    since: Annotated[Path | None, typer.Option(metavar="FILE", help="An earlier checkpoint of this log.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object instead of text.")] = False,
    db: Db = None,
    profile: Profile = None,
) -> int:
    """Hold the database against its log: whatever was changed, removed or added beside the product is found.

    Example: `aiqyn log verify --since 2026-05-01.checkpoint`
    """
    settings = read_settings(db, profile)
    with open_to_read(settings) as database:
        signer = sequencer.signer_of(settings, database.engine)
        verifier = signer.verifier()
        _advance(database.engine, signer)
        earlier = _earlier(since, verifier) if since else None
        result = verified(database.engine, verifier, earlier, Handles.of_database(database.keys).of)
    if json:
        output.json_line(result.as_json())
    else:
        for finding in result.findings:
            place = "" if finding.index is None else f"leaf {finding.index}: "
            output.text(output.safe(f"{place}{finding.id}: {finding.why}"))
        output.text(f"{result.size} leaves: {'the database agrees with its log' if result.ok else 'NOT as logged'}")
    return FINE if result.ok else FAILED


def _advance(engine: Engine, signer: Signer) -> None:
    """Give what waits its place, so that all of it is checked; where the log is damaged the check says how."""
    with suppress(LookupError, StoreError, DBAPIError):
        if sequencer.pending(engine):
            sequencer.advance(engine, signer)


def _earlier(file: Path, verifier: Verifier) -> Checkpoint:
    try:
        return notes.verified(file.read_text("utf-8"), verifier)
    except OSError as error:
        raise Failure(f"{file} cannot be read: {error.strerror}") from None
    except (BadNote, UnicodeDecodeError) as error:
        raise Failure(f"{file} is no checkpoint of this log: {error}") from None
