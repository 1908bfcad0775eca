"""`aiqyn identity`: pairs of records that may be one person, and what people decided about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, Any, Literal

import typer
from sqlalchemy import Row

from aiqyn.services.cli import output
from aiqyn.services.cli.exits import FINE, Failure
from aiqyn.services.cli.options import Db, Profile, read_settings
from aiqyn.services.cli.user import Json, actor
from aiqyn.services.engines import loaded_engine
from aiqyn.services.http.live import Embedded
from aiqyn.services.privacy.handles import Handles
from aiqyn.services.reading import candidates
from aiqyn.services.review import actions, consequences, settling
from aiqyn.services.review.asked import Actor, Request
from aiqyn.services.review.errors import ActionRefused
from aiqyn.services.settings import Settings
from aiqyn.services.store.opening import Database, open_to_read, open_to_write

app = typer.Typer(no_args_is_help=True, help="Who is who: pairs for review, decisions, and taking them back.")
Name = Annotated[str, typer.Argument(metavar="SCHEME:ID|REC:...")]
Verdict = Literal["same", "different", "unsure"]


@app.command("review")
def review(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many pairs.")] = 50,
    json: Json = False,
    db: Db = None,
    profile: Profile = None,
) -> int:
    """Pairs that may be one person, those first whose decision would change most."""
    with open_to_read(read_settings(db, profile)) as database:
        pairs = candidates.by_effect(database.engine, candidates.candidates()(loaded_engine(database)))[:limit]
    if json:
        for pair in pairs:
            output.json_line(pair)
    else:
        rows = [
            (pair["left"], pair["right"], pair["score"], ", ".join(pair["explanation"]), str(len(pair["alerts"])))
            for pair in pairs
        ]
        output.table(("left", "right", "score", "agrees", "alerts"), rows, ("score", "alerts"))
    return FINE


@app.command("explain")
def explain(left: Name, right: Name, json: Json = False, db: Db = None, profile: Profile = None) -> int:
    """What agrees between two records."""
    with open_to_read(read_settings(db, profile)) as database:
        pair = candidates.explained(left, right)(loaded_engine(database))
    if pair is None:
        raise Failure("no record names both, or they are one person already")
    if json:
        output.json_line(pair._asdict())
    else:
        output.table(
            ("left", "right", "score", "agrees"), [(pair.left, pair.right, pair.score, ", ".join(pair.agreeing))]
        )
    return FINE


@app.command("decide")
def decide(
    left: Name,
    right: Name,
    verdict: Annotated[Verdict, typer.Argument()],
    by: Annotated[str, typer.Option(help="Who decided: stands in the event as `decidedBy`.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    json: Json = False,
    db: Db = None,
    profile: Profile = None,
) -> int:
    """Decide about a pair; every alert that rests on it is judged again.

    Example: `aiqyn identity decide KZ-IIN:... REC:... same --by aida --reason "same passport"`
    """
    settings = read_settings(db, profile)
    asked = Request("identify", (), reason=reason, left=left, right=right, verdict=verdict)
    with _engine(settings, "aiqyn identity") as (database, live):
        try:
            id = consequences.decide(live, settings.source, by, asked)
            handle = Handles.of_database(database.keys).of
            done = actions.act(database.engine, _actor(), asked, _unlinked, _etag, handle=handle, id=id)
        except ActionRefused as error:
            raise Failure(error.detail) from None
    if json:
        output.json_line(done)
    else:
        output.talk("decided; to take it back: aiqyn identity undo " + done["id"])
    return FINE


@app.command("undo")
def undo(
    id: Annotated[str, typer.Argument(metavar="ID")], json: Json = False, db: Db = None, profile: Profile = None
) -> int:
    """Take a decision back; what rested on it is judged again."""
    settings = read_settings(db, profile)
    with _engine(settings, "aiqyn identity") as (database, live):
        try:
            kind, _, _ = settling.hidden(database.engine, id)
            if kind != "identify":
                raise Failure(f"{id} is no decision about identity")
            settling.settle(database.engine, _actor(), id, "undo", None, _unlinked, only_check=True)
            consequences.undecide(live, settings.source, id)
            done = settling.settle(database.engine, _actor(), id, "undo", None, _unlinked)
        except ActionRefused as error:
            raise Failure(error.detail) from None
    if json:
        output.json_line(done)
    else:
        output.talk("undone: what rested on it was judged again")
    return FINE


@contextmanager
def _engine(settings: Settings, command: str) -> Iterator[tuple[Database, Embedded]]:
    with open_to_write(settings, command) as database:
        live = Embedded(database, settings)
        try:
            yield database, live
        finally:
            live.close()


def _actor() -> Actor:
    """The user of the operating system, who may decide about identity and undo it, and nothing that needs two."""
    return Actor(actor(), None, frozenset({"review"}), supervisor=True)


def _unlinked(person: str, alerts: Sequence[dict[str, Any]]) -> Mapping[str, str]:
    return {}


def _etag(row: Row[Any], proposal: str | None) -> str:
    return ""
