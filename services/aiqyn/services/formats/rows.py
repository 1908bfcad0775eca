"""Documents as rows: columns are the JSON names in snake_case; lists and objects stand as compact JSON."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

Format = Literal["jsonl", "csv", "csv-safe", "parquet"]
Document = Mapping[str, Any]
MEDIA = {
    "jsonl": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8; header=present",
    "csv-safe": "text/csv; charset=utf-8; header=present",
    "parquet": "application/vnd.apache.parquet",
}
_BOM = "\ufeff"
_RUNS = re.compile("'*[=+\\-@\t\r\n\0\uff1d\uff0b\uff0d\uff20]")
"""What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection), behind any marks of ours."""
_YES_OR_NO = frozenset({"cancelled", "managed", "retroactive"})
_WHOLE = frozenset({"pathsOmitted", "revision", "ruleVersion"})
"""Columns of Parquet that are no text. Fixed by name, so that a file's columns do not depend on its rows."""
_GROUP_ROWS, _GROUP_BYTES = 10_000, 16 << 20
"""A row group of Parquet ends at the first of both: what is held in memory."""
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def column(name: str) -> str:
    """`raisedAt` is `raised_at`."""
    return _HUMP.sub("_", name).lower()


def cell(value: object) -> str:
    """A value as text: empty for null, compact JSON for lists and objects."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return str(value)
    return msgspec.json.encode(value).decode()


def safe(text: str) -> str:
    """The text with a leading `'` where a spreadsheet would run it; `unsafe` takes it off again."""
    return "'" + text if _RUNS.match(text) else text


def unsafe(text: str) -> str:
    """The text that `safe` was given."""
    return text[1:] if text.startswith("'") and _RUNS.match(text) else text


def written(documents: Iterable[Document], names: Sequence[str], format: Format) -> Iterator[bytes]:
    """The whole file in pieces; `names` are the members that become columns, in order."""
    if format == "jsonl":
        yield from (msgspec.json.encode(document) + b"\n" for document in documents)
    elif format == "parquet":
        yield from _parquet(documents, names)
    else:
        yield from _csv(documents, names, format == "csv-safe")


def _csv(documents: Iterable[Document], names: Sequence[str], for_spreadsheets: bool) -> Iterator[bytes]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    if for_spreadsheets:
        buffer.write(_BOM)
    writer.writerow([column(name) for name in names])
    for document in documents:
        cells = [cell(document.get(name)) for name in names]
        writer.writerow([safe(text) for text in cells] if for_spreadsheets else cells)
        if buffer.tell() > 1 << 16:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def _parquet(documents: Iterable[Document], names: Sequence[str]) -> Iterator[bytes]:
    schema = pa.schema([(column(name), _type(name)) for name in names])
    pipe = _Pipe()
    with pq.ParquetWriter(pa.PythonFile(pipe, "w"), schema) as writer:
        for group in _groups(documents, names):
            writer.write_table(pa.Table.from_pylist(group, schema))
            yield pipe.taken()
    yield pipe.taken()


def _groups(documents: Iterable[Document], names: Sequence[str]) -> Iterator[list[dict[str, object]]]:
    group: list[dict[str, object]] = []
    size = 0
    for document in documents:
        row = {column(name): _value(name, document.get(name)) for name in names}
        size += sum(len(value) for value in row.values() if isinstance(value, str))
        group.append(row)
        if len(group) >= _GROUP_ROWS or size >= _GROUP_BYTES:
            yield group
            group, size = [], 0
    yield group


def _type(name: str) -> Any:
    if name in _YES_OR_NO:
        return pa.bool_()
    return pa.int64() if name in _WHOLE else pa.string()


def _value(name: str, value: object) -> object:
    return value if value is None or name in _YES_OR_NO or name in _WHOLE else cell(value)


class _Pipe(io.RawIOBase):
    """A file that is only written to; what was written is taken piece by piece."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        return len(self._parts[-1])

    def taken(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)
