"""`aiqyn explain`: why an alert stands."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from aiqyn.rules import messages
from aiqyn.services.cli import output
from aiqyn.services.cli.exits import Failure
from aiqyn.services.cli.options import Db, Json, Lang, Profile, known_language, read_settings
from aiqyn.services.engines import loaded_engine
from aiqyn.services.store import reads
from aiqyn.services.store.opening import Database, open_to_read
from aiqyn.streams.explain import Explanation, as_text
from aiqyn.streams.explain import explain as explained
from aiqyn.streams.outcomes import as_text as answers_as_text
from aiqyn.streams.outcomes import outcomes


def explain(
    alert: Annotated[
        str,
        typer.Argument(
            metavar="ALERT|OCID",
            help="An alert's id, or how it begins; or an ocid, or the id of an allocation.",
            show_default=False,
        ),
    ],
    format: Annotated[Literal["text", "json"], typer.Option()] = "text",
    lang: Lang = messages.DEFAULT,
    json: Json = False,
    db: Db = None,
    profile: Profile = None,
) -> None:
    """Explain an alert: why it stands, path by path, and which single fact, if wrong, would remove it.

    Each fact is told with the record that states it, since when it is valid, and since when it is known.
    Of a process or an allocation: what each rule answers (triggered, not triggered, or insufficient data), with
    what would have to be on record for a no.

    Example: `aiqyn explain 0f8fad5b`, `aiqyn explain ocds-a1b2c3-7`
    """
    settings = read_settings(db, profile)
    known_language(lang)
    with open_to_read(settings) as database:
        document = reads.one(database.engine, alert)
        if document is None:
            _answers(database, alert, lang, json or format == "json")
            return
        explanation = _explanation(database, document, lang)
    if json or format == "json":
        output.json_line(explanation)
    else:
        for line in as_text(explanation).splitlines():
            output.text(output.safe(line))


def _answers(database: Database, id: str, lang: str, as_json: bool) -> None:
    found = outcomes(loaded_engine(database), id, lang)
    if found is None:
        raise Failure(
            f"no alert has the id {id}, or more than one, and no process or allocation either; "
            "`aiqyn alerts --all` lists alerts"
        )
    if as_json:
        output.json_line(found)
    else:
        for line in answers_as_text(found, lang):
            output.text(output.safe(line))


def _explanation(database: Database, document: dict[str, Any], lang: str) -> Explanation:
    engine = loaded_engine(database)
    # The engine's own copy: without reviewers' fields, and as new as the facts that it has read.
    known = engine.alert(document["id"])
    assert known is not None
    return explained(engine, database.store, known, lang)
