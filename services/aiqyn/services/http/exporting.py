"""Whole lists as files: needs the scope export; each leaves a leaf in the audit log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal
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

Asked = Literal["json", "jsonl", "csv", "csv-safe", "parquet"]
_BY_MEDIA: dict[str, Format] = {
    "application/x-ndjson": "jsonl",
    "text/csv": "csv",
    "application/vnd.apache.parquet": "parquet",
}


def asked_for(request: Request, format: Asked | None) -> Format | None:
    """The file format that is wanted, by parameter or Accept; None: JSON, page by page."""
    if format is not None:
        return None if format == "json" else format
    accepted = request.headers.get("accept", "")
    return next((kind for media, kind in _BY_MEDIA.items() if media in accepted), None)


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
