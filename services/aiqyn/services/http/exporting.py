"""Whole lists as files: needs the scope export; each leaves a leaf in the audit log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, TypeVar
from uuid import uuid4

from fastapi import Request
from starlette.responses import Response, StreamingResponse

from aiqyn.services import moments
from aiqyn.services.audit import leaves
from aiqyn.services.formats.rows import MEDIA, Document, Format, written
from aiqyn.services.http.context import Context
from aiqyn.services.http.problems import Problem
from aiqyn.services.http.security import Caller
from aiqyn.services.store.database import writing
from aiqyn.streams.moments import rfc3339

T = TypeVar("T")
Asked = Literal["json", "jsonl", "csv", "csv-safe", "parquet"]
_JSON = ("application/json", "application/*", "*/*")
_BY_MEDIA: dict[str, Format] = {
    "application/x-ndjson": "jsonl",
    "text/csv": "csv",
    "application/vnd.apache.parquet": "parquet",
}


def asked_for(request: Request, format: Asked | None) -> Format | None:
    """The file format that is wanted, by parameter or Accept; None: JSON, page by page."""
    if format is not None:
        return None if format == "json" else format
    return preferred(request.headers.get("accept", ""), _BY_MEDIA)


def preferred(accept: str, kinds: Mapping[str, T]) -> T | None:
    """The kind that an `Accept` (RFC 9110) asks for most, of two alike the first; None: JSON will do as well."""
    best, chosen = _weight(accept, _JSON), None
    for media, kind in kinds.items():
        weight = max((each for each in (_named(part, media) for part in accept.split(",")) if each), default=0.0)
        if weight > best:
            best, chosen = weight, kind
    return chosen


def _weight(accept: str, media: tuple[str, ...]) -> float:
    return max((_named(part, name) for part in accept.split(",") for name in media), default=0.0)


def _named(part: str, media: str) -> float:
    """How much a part of `Accept` wants exactly this media type, 0: not at all."""
    name, *parameters = (word.strip() for word in part.lower().split(";"))
    if name != media:
        return 0.0
    try:
        return next((float(word[2:]) for word in parameters if word.startswith("q=")), 1.0)
    except ValueError:
        return 0.0


def export(
    ctx: Context, caller: Caller, what: str, documents: Iterable[Document], names: Sequence[str], total: int,
    format: Format,
) -> Response:  # fmt: skip
    """The whole list. Raises Problem 403 without the scope export."""
    return pieces(ctx, caller, what, written(documents, names, format), total, format, MEDIA[format])


def pieces(
    ctx: Context, caller: Caller, what: str, body: Iterator[bytes], total: int, format: str, media: str
) -> Response:
    """A file that is made already; `total` are its rows. Raises Problem 403 without the scope export."""
    if "export" not in caller.scopes:
        raise Problem(403, "scope.missing", "formats other than JSON need the scope export")
    now, id = moments.now(), str(uuid4())
    told = {"id": id, "by": caller.name, "at": rfc3339(now), "what": what, "format": format, "rows": total}
    with writing(ctx.engine) as connection:
        leaves.record(connection, "export", id, told, now)
    ending = {"csv-safe": "csv", "ftm": "jsonl", "bods": "json"}.get(format, format)
    headers = {"X-Total-Count": str(total), "Content-Disposition": f'attachment; filename="{what}.{ending}"'}
    return StreamingResponse(body, 200, headers, media)
