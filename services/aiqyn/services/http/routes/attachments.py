"""Files put to an alert. They come back as downloads, never as pages."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request, Response, UploadFile
from starlette.datastructures import UploadFile as Uploaded

from aiqyn.services.http import paging
from aiqyn.services.http.context import Context, Ctx
from aiqyn.services.http.idempotency import run_of
from aiqyn.services.http.limits import too_large
from aiqyn.services.http.problems import Problem, not_found
from aiqyn.services.http.reader import Reader
from aiqyn.services.http.security import Caller, needs
from aiqyn.services.reading import alerts as reading
from aiqyn.services.review import attachments, reveals
from aiqyn.services.review.errors import ActionRefused

router = APIRouter(prefix="/v1/alerts", tags=["review"])
_ENVELOPE = 100_000  # bytes around the file in a multipart body


def bounded(request: Request) -> None:
    """Refuse a body that says it is too large before it is read."""
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > attachments.MOST_BYTES + _ENVELOPE:
        raise too_large(attachments.MOST_BYTES)


@router.post("/{id}/attachments", status_code=201, dependencies=[Depends(bounded)])
def add(
    id: str,
    request: Request,
    response: Response,
    ctx: Ctx,
    caller: Annotated[Caller, Depends(needs("review"))],
    file: UploadFile,
) -> Any:
    """Put a file to an alert (multipart, field `file`)."""
    assert isinstance(file, Uploaded)
    run = run_of(request)
    content = file.file.read(attachments.MOST_BYTES + 1)
    try:
        made = attachments.add(
            ctx.engine, caller.name, id, file.filename, file.content_type, content, run.id if run is not None else None
        )
    except ActionRefused as error:
        raise Problem(error.status, error.code, error.detail, error.pointer) from None
    response.headers["Location"] = made["url"]
    return made


@router.get("/{id}/attachments")
def listed(
    id: str,
    request: Request,
    response: Response,
    ctx: Ctx,
    caller: Annotated[Caller, Depends(needs("read"))],
    limit: paging.Limit = paging.DEFAULT_LIMIT,
    cursor: paging.Cursor = None,
    count: bool = False,
) -> dict[str, object]:
    """The files of an alert, without their content. What they are called may tell of people: it is masked for those
    who may not review."""
    _must_exist(ctx, id)
    items = attachments.listed(ctx.engine, id)
    if "review" not in caller.scopes:
        items = [{**item, "name": None} for item in items]
    return paging.whole(request, response, items, limit, cursor, count)


@router.get("/{id}/attachments/{file}", response_class=Response)
def content(
    id: str,
    file: str,
    ctx: Ctx,
    caller: Annotated[Caller, Depends(needs("review"))],
    purpose: Annotated[str | None, Query(max_length=1000)] = None,
) -> Response:
    """One file, as a download: a file cannot be masked. Needs a purpose, which is logged, unless the case is open to
    the caller or the file is the caller's own."""
    row = attachments.one(ctx.engine, id, file)
    found = reading.one(ctx.engine, id)
    if row is None or found is None:
        raise not_found("there is no such file")
    if row.by != caller.name and not Reader(ctx, caller).opens(found):
        if "reveal" not in caller.scopes or not (purpose or "").strip():
            raise Problem(403, "reveal.needed", "purpose: say what for, since the alert is not assigned to you")
        reveals.record(ctx.engine, caller.name, id, None, (purpose or "").strip())
    plain = row.name.encode("ascii", "replace").decode().replace("?", "_").replace("\\", "_").replace('"', "_")
    headers = {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(row.name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "no-store",
        "ETag": f'"{row.sha256}"',
    }
    return Response(row.content, media_type=row.media_type, headers=headers)


def _must_exist(ctx: Context, id: str) -> None:
    if reading.one(ctx.engine, id) is None:
        raise not_found("there is no alert of this id")
