"""`aiqyn export`: lists and graphs as files, unmasked."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, cast, get_args

import msgspec
import typer

from aiqyn.schemas.days import parse_day
from aiqyn.services import moments
from aiqyn.services.cli import output
from aiqyn.services.cli.alerts import COLUMNS as ALERT
from aiqyn.services.cli.exits import USAGE, Failure
from aiqyn.services.cli.options import Db, Json, KnownAt, Profile, known_rules, read_settings
from aiqyn.services.cli.words import Severity
from aiqyn.services.engines import loaded_engine
from aiqyn.services.formats.bods import statements
from aiqyn.services.formats.graphs import GraphFormat
from aiqyn.services.formats.graphs import graph as graph_file
from aiqyn.services.formats.rows import Format as RowFormat
from aiqyn.services.formats.rows import written
from aiqyn.services.reading import allocations as lists
from aiqyn.services.reading import graph, whole
from aiqyn.services.reading.names import names_of
from aiqyn.services.store import reads
from aiqyn.services.store.alert_filter import AlertFilter
from aiqyn.services.store.opening import Database, open_to_read
from aiqyn.streams.ownership_answer import ownership

What = Literal["alerts", "entities", "links", "allocations", "network", "ownership"]
Format = Literal["json", "jsonl", "csv", "csv-safe", "parquet", "graphml", "gexf", "ftm", "bods"]
T = TypeVar("T")
Document = dict[str, Any]
_COLUMNS: dict[str, tuple[str, ...]] = {
    "alerts": ALERT,
    "entities": ("id", "kind", "name", "names", "aliases"),
    "links": ("kind", "from", "to", "fromKind", "toKind", "share", "valid", "recordedAt", "event", "certainty"),
    "allocations": ("id", "ocid", "allocation", "kind", "cancelled", "buyer", "window", "companies", "alerts"),
    "ownership": ("holder", "kind", "ownership", "votes", "control"),
}
_GRAPHS = get_args(GraphFormat)
_ROWS = ("json", *get_args(RowFormat))


def export(
    what: Annotated[What, typer.Argument(show_default=False)],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where to write it.")],
    format: Annotated[Format, typer.Option()] = "jsonl",
    rule: Annotated[list[str] | None, typer.Option(metavar="ID", help="Alerts.")] = None,
    severity: Annotated[list[Severity] | None, typer.Option(help="Alerts.")] = None,
    ocid: Annotated[list[str] | None, typer.Option(metavar="OCID", help="Alerts, allocations.")] = None,
    entity: Annotated[list[str] | None, typer.Option(metavar="SCHEME:ID", help="Alerts; the network's centre.")] = None,
    buyer: Annotated[list[str] | None, typer.Option(metavar="SCHEME:ID", help="Alerts, allocations.")] = None,
    company: Annotated[
        list[str] | None, typer.Option(metavar="SCHEME:ID", help="Alerts, allocations; of ownership: which.")
    ] = None,
    kind: Annotated[list[str] | None, typer.Option(help="Of entities or links.")] = None,
    first: Annotated[str | None, typer.Option("--from", metavar="D", help="Alerts, allocations.")] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="D", help="Alerts, allocations.")] = None,
    valid_at: Annotated[str | None, typer.Option(metavar="D", help="The day; of a graph the default is today.")] = None,
    known_at: KnownAt = None,
    hops: Annotated[int, typer.Option(min=1, max=4, help="Of the network.")] = 2,
    all: Annotated[bool, typer.Option("--all", help="Withdrawn alerts, companies upstream too.")] = False,
    json: Json = False,
    db: Db = None,
    profile: Profile = None,
) -> None:
    """Write a list or a graph to a file, and print how many rows it has and its SHA-256.

    Nothing is masked: whoever runs this has the database.

    Example: `aiqyn export alerts --format parquet --out alerts.parquet --severity critical`
    """
    settings = read_settings(db, profile)
    _known_kinds(what, kind or ())
    alerts = AlertFilter(
        rule=known_rules(rule),
        severity=tuple(word.value for word in severity or ()),
        ocid=tuple(ocid or ()),
        entity=tuple(entity or ()),
        buyer=tuple(buyer or ()),
        company=tuple(company or ()),
        raised_from=_read("--from", first, moments.day_start),
        raised_before=_read("--to", last, moments.day_end),
        valid_at=_read("--valid-at", valid_at, moments.parse_day),
        known_at=_read("--known-at", known_at, moments.parse_known_at),
        withdrawn=all,
    )
    given = lists.AllocationFilter(ocid=alerts.ocid, buyer=alerts.buyer, company=alerts.company, first=first, last=last)
    day = parse_day(alerts.valid_at or date.today().isoformat()).first
    with open_to_read(settings) as database:
        if what in ("network", "ownership"):
            named = alerts.entity if what == "network" else alerts.company
            if len(named) != 1:
                raise Failure(f"one --{'entity' if what == 'network' else 'company'} is wanted", USAGE)
            counted, omitted, body = _around(database, what, named[0], format, day, hops, all)
        else:
            if format not in _ROWS:
                raise Failure(f"{what} are written as {', '.join(_ROWS)}", USAGE)
            counted, omitted = _Counted(_list(database, what, alerts, given, day, kind or ())), 0
            body = _as_rows(counted, _COLUMNS[what], format)
        digest = _write(out, body)
    left_out = {"omitted": omitted} if what == "network" else {}
    if json:
        output.json_line({"file": str(out), "rows": counted.number, "sha256": digest, **left_out})
    else:
        more = f", {omitted} more nodes left out" if omitted else ""
        output.text(f"{counted.number} rows{more}, SHA-256 {digest}")


class _Counted:
    """Documents one by one, and how many have passed."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._documents = documents
        self.number = 0

    def __iter__(self) -> Iterator[Document]:
        for document in self._documents:
            self.number += 1
            yield document

    def all(self) -> list[Document]:
        return list(self)


def _known_kinds(what: str, kinds: Iterable[str]) -> None:
    known = {"entities": graph.ENTITY_KINDS, "links": graph.LINK_KINDS}.get(what, ())
    for kind in kinds:
        if kind not in known:
            those = f"there are {', '.join(known)}" if known else "it is for entities and links"
            raise typer.BadParameter(f"--kind: {what} have no kind {kind!r}; {those}")


def _list(
    database: Database, what: str, alerts: AlertFilter, given: lists.AllocationFilter, day: int, kinds: Iterable[str]
) -> Iterator[Document]:
    if what == "alerts":
        yield from reads.alerts(database.engine, alerts)
        return
    engine = loaded_engine(database)
    if what == "entities":
        yield from whole.entities(engine, database.store, kinds)
    elif what == "links":
        yield from whole.links(engine, database.store, day, kinds)
    else:
        found = list(lists.walk(lambda question: question(engine), given))
        yield from lists.with_alerts(database.engine, found)


def _around(
    database: Database, what: str, name: str, format: str, day: int, hops: int, everyone: bool
) -> tuple[_Counted, int, Iterator[bytes]]:
    """What is counted as rows, the nodes that were left out, the file."""
    engine, store = loaded_engine(database), database.store
    if what == "network":
        if format not in (*_GRAPHS, "json"):
            raise Failure(f"a network is written as json, {', '.join(_GRAPHS)}", USAGE)
        around = graph.network(store, name, hops, day)(engine)
        kinds, named = graph.kinds_of(around.nodes)(engine), names_of(store, around.nodes)(engine)
        nodes = [{"id": node, "kind": kinds.get(node, "company"), "name": named.get(node)} for node in around.nodes]
        counted = _Counted(nodes)
        if format == "json":
            document = {"nodes": counted.all(), "edges": around.edges, "omitted": around.omitted}
            return counted, around.omitted, iter([msgspec.json.encode(document)])
        kind = cast("GraphFormat", format)
        return counted, around.omitted, graph_file(counted.all(), around.edges, kind, around.omitted)
    try:
        answer = ownership(engine, name, day, everyone)
    except LookupError as error:
        raise Failure(str(error)) from None
    if format == "bods":
        everybody = [answer["company"], *(holder["holder"] for holder in answer["holders"])]
        counted = _Counted(statements(answer, names_of(store, everybody)(engine)))
        return counted, 0, iter([msgspec.json.encode(counted.all())])
    if format not in _ROWS:
        raise Failure(f"ownership is written as {', '.join(_ROWS)}, bods", USAGE)
    counted = _Counted(answer["holders"])
    if format == "json":
        counted.all()
        return counted, 0, iter([msgspec.json.encode(answer)])
    return counted, 0, _as_rows(counted, _COLUMNS["ownership"], format)


def _as_rows(documents: _Counted, names: tuple[str, ...], format: str) -> Iterator[bytes]:
    if format == "json":
        return iter([msgspec.json.encode(documents.all())])
    return iter(written(documents, names, cast("RowFormat", format)))


def _write(out: Path, body: Iterable[bytes]) -> str:
    """The file, there only once it is whole; its SHA-256."""
    part = out.with_name(f".{out.name}.{os.getpid()}")
    digest = hashlib.sha256()
    try:
        with part.open("wb") as file:
            for piece in body:
                digest.update(piece)
                file.write(piece)
        part.replace(out)
    except OSError as error:
        raise Failure(f"{out} cannot be written: {error.strerror}") from None
    finally:
        part.unlink(missing_ok=True)
    return digest.hexdigest()


def _read(option: str, text: str | None, parse: Callable[[str], T]) -> T | None:
    if text is None:
        return None
    try:
        return parse(text)
    except ValueError as error:
        raise typer.BadParameter(f"{option}: {error}") from None
