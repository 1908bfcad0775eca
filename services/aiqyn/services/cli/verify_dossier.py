"""`aiqyn verify-dossier`: check a dossier, offline."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aiqyn.services.audit import notes
from aiqyn.services.audit.dossier.check import check
from aiqyn.services.audit.notes import BadNote
from aiqyn.services.cli import output
from aiqyn.services.cli.exits import FAILED, FINE, USAGE, Failure


def verify_dossier(
    file: Annotated[Path, typer.Argument(metavar="FILE", show_default=False)],
    key: Annotated[
        str | None, typer.Option(metavar="VKEY", help="The log's verifier key, as its keeper tells it.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object instead of text.")] = False,
) -> int:
    """Check every byte of a dossier: the alert, its evidence, what people did, and that all of it was logged.

    Needs neither database nor network. Without --key the file's own key is used: that shows that the file is
    whole, not whose log it comes from.

    Example: `aiqyn verify-dossier case.zip --key "$(cat log.vkey)"`
    """
    try:
        verifier = notes.read_verifier(key.strip()) if key is not None else None
    except BadNote as error:
        raise Failure(f"--key: {error}", USAGE) from None
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise Failure(f"{file} cannot be read: {error.strerror}") from None
    report = check(raw, verifier)
    if verifier is None:
        output.talk(f"checked by the key in the file itself: {report.key or 'none'}; --key names the one you trust")
    if json:
        output.json_line(report.as_json())
    else:
        for failure in report.failures:
            output.text(output.safe(failure))
        what = f"alert {report.alert}, revision {report.revision}: " if report.alert else ""
        output.text(f"{output.safe(what)}{'every byte is as it was logged' if report.ok else 'NOT as logged'}")
    return FINE if report.ok else FAILED
