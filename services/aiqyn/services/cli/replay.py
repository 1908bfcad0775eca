"""`aiqyn replay`: the alerts again, from the ledger alone."""

from __future__ import annotations

import typer

from aiqyn.services import moments
from aiqyn.services.cli.alerts import print_alerts
from aiqyn.services.cli.options import Db, KnownAt, Profile, read_settings
from aiqyn.services.store import reads
from aiqyn.services.store.opening import open_to_read
from aiqyn.streams.replay import replay as replayed


def replay(known_at: KnownAt = None, db: Db = None, profile: Profile = None) -> None:
    """Recompute all alerts from the ledger, and print them as `aiqyn alerts --format jsonl --all` would.

    Nothing is written, and the stored alerts are not read (but what reviewers said of them): the two outputs
    are equal byte for byte, or something is wrong. With `--known-at`: as `aiqyn alerts --known-at`.

    Example: `aiqyn replay > again.jsonl; aiqyn alerts --format jsonl --all | diff - again.jsonl`
    """
    settings = read_settings(db, profile)
    try:
        instant = None if known_at is None else moments.parse_known_at(known_at)
    except ValueError as error:
        raise typer.BadParameter(f"--known-at: {error}") from None
    with open_to_read(settings) as database:
        review = reads.review_fields(database.engine)
        alerts = replayed(database.store, database.profile, database.alert_namespace(), instant)
        print_alerts((reads.with_review(alert, *review.get(alert["id"], ())) for alert in alerts), "jsonl")
