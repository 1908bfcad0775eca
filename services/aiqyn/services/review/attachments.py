"""Files that reviewers put to an alert."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import msgspec
from sqlalchemy import Connection, Engine, Row, func, insert, select

from aiqyn.services import moments
from aiqyn.services.audit import leaves
from aiqyn.services.review.errors import ActionRefused
from aiqyn.services.store.database import reading, writing
from aiqyn.services.store.tables import action, action_alert, alert, attachment
from aiqyn.streams.moments import rfc3339

MOST_BYTES = 10_000_000
_MOST_FILES = 50
_MOST_NAME = 120
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,60}")
# Names that Windows keeps for devices.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_COLUMNS = tuple(column for column in attachment.c if column.name != "content")


def safe_name(name: str | None) -> str:
    """A file name without folders, control characters or tricks, at most 120 characters; `file` where nothing stays."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name or ""))[-1]
    kept = "".join(each for each in last if unicodedata.category(each)[0] != "C" and each not in '<>:"|?*%;')
    kept = kept.strip(" .")[-_MOST_NAME:].strip(" .")
    return "file" if not kept or _DEVICES.fullmatch(kept) else kept


def add(
    engine: Engine,
    by: str,
    id: str,
    name: str | None,
    media_type: str | None,
    content: bytes,
    own_id: str | None = None,
) -> dict[str, Any]:
    """Keep a file; the one that is kept already under its `own_id`. Raises ActionRefused 404, 409, 413, 422."""
    if not content:
        raise ActionRefused(422, "field.invalid", "the file is empty", pointer="/file")
    if len(content) > MOST_BYTES:
        raise ActionRefused(413, "body.tooLarge", f"a file may have {MOST_BYTES} bytes")
    now = moments.now()
    media = (media_type or "").partition(";")[0].strip().lower()
    row = {
        "id": own_id or str(uuid4()), "alert": id, "name": safe_name(name),
        "media_type": media if _MEDIA_TYPE.fullmatch(media) else "application/octet-stream",
        "sha256": hashlib.sha256(content).hexdigest(), "by": by, "at": now,
    }  # fmt: skip
    with writing(engine) as connection:
        if connection.execute(select(alert.c.id).where(alert.c.id == id)).first() is None:
            raise ActionRefused(404, "notFound", "there is no alert of this id")
        kept = connection.execute(select(*_COLUMNS).where(attachment.c.id == row["id"])).one_or_none()
        if kept is not None:
            return shown(kept, len(content))
        number = connection.execute(select(func.count()).where(attachment.c.alert == id)).scalar_one()
        if number >= _MOST_FILES:
            raise ActionRefused(409, "state.wrong", f"an alert has at most {_MOST_FILES} files")
        connection.execute(insert(attachment).values(**row, content=content))
        _tell(connection, row, len(content), now)
        made = connection.execute(select(*_COLUMNS).where(attachment.c.id == row["id"])).one()
    return shown(made, len(content))


def _tell(connection: Connection, row: dict[str, Any], size: int, now: int) -> None:
    """A comment that says what was put there: so it stands in the history and in the audit log."""
    document = {
        "id": row["id"], "kind": "comment", "state": "done", "by": row["by"], "at": rfc3339(now),
        "alerts": [row["alert"]], "count": 1, "text": f"{row['name']} (SHA-256 {row['sha256']})",
        "attachment": row["id"], "file": file_of(row, size), "needsApproval": False, "decidedBy": None,
    }  # fmt: skip
    connection.execute(
        insert(action).values(
            id=row["id"], kind="comment", state="done", by=row["by"], at=now, states=1,
            document=msgspec.json.encode(document).decode(), before=None,
        )
    )  # fmt: skip
    connection.execute(insert(action_alert).values(action=row["id"], alert=row["alert"]))
    leaves.record(connection, "action", f"{row['id']}#1", document, now)


def file_of(row: Mapping[str, Any], size: int) -> dict[str, Any]:
    """What the log commits to of a file: its bytes by their hash."""
    return {"name": row["name"], "mediaType": row["media_type"], "sha256": row["sha256"], "size": size}


def listed(engine: Engine, id: str) -> list[dict[str, Any]]:
    """What is put to an alert, oldest first."""
    size = func.length(attachment.c.content).label("size")
    query = select(*_COLUMNS, size).where(attachment.c.alert == id).order_by(attachment.c.at, attachment.c.id)
    with reading(engine) as connection:
        return [shown(row, row.size) for row in connection.execute(query)]


def one(engine: Engine, id: str, file: str) -> Row[Any] | None:
    """A file of an alert with its content."""
    with reading(engine) as connection:
        query = select(attachment).where(attachment.c.id == file, attachment.c.alert == id)
        return connection.execute(query).one_or_none()


def shown(row: Any, size: int) -> dict[str, Any]:
    return {
        "id": row.id, "alert": row.alert, "name": row.name, "mediaType": row.media_type, "sha256": row.sha256,
        "size": size, "by": row.by, "at": rfc3339(row.at), "url": f"/v1/alerts/{row.alert}/attachments/{row.id}",
    }  # fmt: skip
