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
_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
"""What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection)."""
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
    """The text with a leading `'` where a spreadsheet would run it."""
    return "'" + text if text.startswith(_RUNS) else text


def written(documents: Iterable[Document], names: Sequence[str], format: Format) -> Iterator[bytes]:
    """The whole file in pieces; `names` are the members that become columns, in order."""
    if format == "jsonl":
        yield from (msgspec.json.encode(document) + b"\n" for document in documents)
    elif format == "parquet":
        yield _parquet(documents, names)
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


def _parquet(documents: Iterable[Document], names: Sequence[str]) -> bytes:
    columns: dict[str, list[object]] = {name: [] for name in names}
    for document in documents:
        for name in names:
            columns[name].append(_value(document.get(name)))
    arrays = {column(name): _array(values) for name, values in columns.items()}
    sink = io.BytesIO()
    pq.write_table(pa.table(arrays), sink)
    return sink.getvalue()


def _value(value: object) -> object:
    return value if value is None or isinstance(value, bool | int | str) else cell(value)


def _array(values: list[object]) -> Any:
    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return pa.array(values, pa.bool_())
    if kinds == {int}:
        return pa.array(values, pa.int64())
    return pa.array([None if value is None else cell(value) for value in values], pa.string())
