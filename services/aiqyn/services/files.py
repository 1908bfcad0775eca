"""Records out of files: JSON, JSON lines, compressed or not, or standard input.

JSON lines are streamed, so a file may be of any size; a document (one array, package or object) is held in
memory up to a limit. Damage never passes silently: what cannot be read is a record with its error.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

from aiqyn.schemas import json_members
from aiqyn.schemas.envelope import MAX_EVENT_BYTES, Event
from aiqyn.schemas.errors import Rejected, rejected
from aiqyn.schemas.unwrap import Format, cloudevent, unwrap

_CHUNK = 1 << 18
_STATEMENT = "ownership.statement.v1"
_GZIP = b"\x1f\x8b"
_SPACE = b" \t\n\r"
_BOM = b"\xef\xbb\xbf"


class Incoming(NamedTuple):
    """One record of a file: an event, or why there is none."""

    raw: bytes
    """The record's bytes as received; of one that is too large, its beginning."""
    event: Event | None
    error: Rejected | None
    line: int
    """The line on which it begins, from 1."""
    lone: bool = False
    """A BODS statement that is a whole document by itself: the standard wants an array of statements there."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, after decompression. Nothing larger than one line or one document is held in memory."""

    event: int = MAX_EVENT_BYTES
    line: int = 8 << 20
    """One line of JSON lines: a line may hold a package of many events."""
    document: int = 256 << 20


@dataclass(slots=True)
class Progress:
    """How far a file has been read; `read_records` keeps it up to date."""

    read: int = 0
    """Bytes of the file itself (compressed ones, where it is compressed)."""
    total: int | None = None
    """Size of the file; None: not known (standard input)."""


class UnreadableInput(Exception):
    """There is nothing to read at this path; the message says what to do."""


def read_records(
    path: str | Path,
    format: Format = "auto",
    source: str | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Iterator[Incoming]:
    """The records of a file, in order; `-` is standard input.

    `format` and `source` are those of `unwrap`. Names that end in `.jsonl` or `.ndjson` (before `.gz`) are
    JSON lines; of others the first lines tell. Compression is seen by itself. A line over the limit is one
    rejected record (event.tooLarge), and reading goes on at the next line; compressed data that are damaged
    or cut short end with one rejected record (input.gzip) after all that could be read before it. Raises
    UnreadableInput for a folder, or a path that does not exist; OSError as reading does.
    """
    sizes = limits or Limits()
    state = progress or Progress()
    name = str(path)
    if name == "-":
        yield from _read(sys.stdin.buffer, name, format, source, sizes, state)
        return
    file = Path(path)
    if file.is_dir():
        raise UnreadableInput(f"{name} is a folder: name the files in it, for example {name.rstrip('/')}/*.jsonl")
    if not file.exists():
        raise UnreadableInput(f"{name} does not exist: check the path")
    state.total = file.stat().st_size
    with file.open("rb") as stream:
        yield from _read(stream, name, format, source, sizes, state)


def read_stream(
    stream: BinaryIO, lines: bool | None, format: Format, source: str | None, limits: Limits
) -> Iterator[Incoming]:
    """The records of an open stream that is not compressed: `lines` JSON lines or a document; None: its beginning
    tells. As `read_records` otherwise."""
    name = "" if lines is None else ".jsonl" if lines else ".json"
    if lines is False:
        yield from _document(_Begun(_Text(stream, False, Progress()), limits.line), format, source, limits)
    else:
        yield from _read(stream, name, format, source, limits, Progress())


def _read(
    stream: BinaryIO, name: str, format: Format, source: str | None, limits: Limits, progress: Progress
) -> Iterator[Incoming]:
    text = _Text(stream, name.endswith(".gz"), progress)
    begun = _Begun(text, limits.line)
    plain_name = name.removesuffix(".gz")
    if plain_name.endswith((".jsonl", ".ndjson")) or begun.is_lines():
        yield from _lines(begun, format, source, limits)
    else:
        yield from _document(begun, format, source, limits)
    if text.damage:
        yield Incoming(begun.left[: limits.event], None, rejected("input.gzip", "", text.damage), begun.line)


class _Text:
    """The decompressed bytes of a stream, piece by piece; at damage they end and `damage` says why."""

    def __init__(self, stream: BinaryIO, compressed: bool, progress: Progress) -> None:
        self._stream = stream
        self._compressed = compressed
        self._progress = progress
        self.damage = ""

    def pieces(self) -> Iterator[bytes]:
        first = self._next()
        if self._compressed or first[:2] == _GZIP:
            yield from self._decompressed(first)
            return
        while first:
            yield first
            first = self._next()

    def _next(self) -> bytes:
        data = self._stream.read(_CHUNK)
        self._progress.read += len(data)
        return data

    def _decompressed(self, data: bytes) -> Iterator[bytes]:
        """gzip members one after the other (RFC 1952); zeros may follow the last one."""
        while data:
            inflate = zlib.decompressobj(wbits=31)
            while not inflate.eof:
                if not data:
                    self._damaged("it is cut short")
                    return
                before = inflate.copy()
                try:
                    piece = inflate.decompress(data, _CHUNK)
                except zlib.error as error:
                    yield from _before_damage(before, data)
                    self._damaged(str(error))
                    return
                if piece:
                    yield piece
                data = inflate.unconsumed_tail or (b"" if inflate.eof else self._next())
            data = inflate.unused_data.lstrip(b"\0")
            while not data and (more := self._next()):
                data = more.lstrip(b"\0")

    def _damaged(self, why: str) -> None:
        at = self._progress.read
        self.damage = f"the compressed data are damaged near byte {at} of the file: {why}"


def _before_damage(inflate: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    """What a damaged piece still gives, byte by byte up to the damage."""
    pieces = []
    try:
        for at in range(len(data)):
            rest = data[at : at + 1]
            while rest:
                pieces.append(inflate.decompress(rest, _CHUNK))
                rest = inflate.unconsumed_tail
    except zlib.error:
        pass
    yield from filter(None, pieces)


class _Begun:
    """A text of which the beginning has been looked at, to tell lines from a document."""

    def __init__(self, text: _Text, limit: int) -> None:
        self._pieces = text.pieces()
        self._text = text
        self._head = b""
        self._ended = False
        self._limit = limit
        self.left = b""
        """What was read last and is no whole record: told with the damage."""
        self.line = 1

    @property
    def damaged(self) -> bool:
        return bool(self._text.damage)

    def pieces(self) -> Iterator[bytes]:
        """The whole text, what was looked at included."""
        if self._head:
            yield self._head
            self._head = b""
        yield from self._pieces

    def is_lines(self) -> bool:
        """Whether the text is JSON lines: its first line, or the one after a broken first, is an object."""
        first = self._line(0)
        if first is None:
            return False
        if _is_object(first[0]):
            return True
        second = self._line(first[1])
        # a document may go on with an object on its second line, but only behind one of these
        return second is not None and _is_object(second[0]) and first[0][-1:] not in (b":", b",", b"[")

    def _line(self, at: int) -> tuple[bytes, int] | None:
        """The first line from `at` that is not blank, and where the next begins; None: longer than a line."""
        while True:
            end = self._head.find(b"\n", at)
            if end < 0:
                if not self._ended and len(self._head) - at <= self._limit:
                    self._more()
                    continue
                if not self._ended or at >= len(self._head):
                    return None
                end = len(self._head)
            line = self._head[at:end].removeprefix(_BOM).strip(_SPACE)
            at = end + 1
            if line:
                return line, at

    def _more(self) -> None:
        piece = next(self._pieces, b"")
        self._ended = not piece
        self._head += piece


def _is_object(line: bytes) -> bool:
    return line[:1] == b"{" and json_members.value_end(line, 0) == len(line)


def _lines(begun: _Begun, format: Format, source: str | None, limits: Limits) -> Iterator[Incoming]:
    reader = _LineReader(format, source, limits)
    number = 0
    rest = b""
    skipped = 0  # bytes of a line that is too long, so far
    for piece in begun.pieces():
        lines = (rest + piece).split(b"\n") if rest else piece.split(b"\n")
        rest = lines.pop()
        for line in lines:
            number += 1
            if skipped or len(line) > limits.line:
                yield reader.too_long(skipped + len(line), number, line)
                skipped = 0
            elif (event := reader.event(line)) is not None:
                yield Incoming(line, event, None, number)
            else:
                yield from reader.records(line, number)
        if skipped or len(rest) > limits.line:
            reader.keep(rest)
            skipped += len(rest)
            rest = b""
    begun.left, begun.line = rest, number + 1
    if skipped:
        yield reader.too_long(skipped, number + 1, rest)
    elif rest:
        for record in reader.records(rest, number + 1):
            if record.event is not None or not begun.damaged:
                yield record


class _LineReader:
    """Reads single lines."""

    def __init__(self, format: Format, source: str | None, limits: Limits) -> None:
        self._format = format
        self._source = source
        self._limits = limits
        self._begun = b""
        self._events = format in ("auto", "cloudevents")

    def event(self, line: bytes) -> Event | None:
        """The usual case: the line is one faultless CloudEvent."""
        return cloudevent(line, self._limits.event) if self._events else None

    def records(self, line: bytes, number: int) -> Iterator[Incoming]:
        if line.endswith(b"\r"):
            line = line[:-1]
        if not line.removeprefix(_BOM).strip(_SPACE):
            return
        event_seen = False
        for raw, _, event, error in unwrap(line, self._format, self._source, self._limits.event):
            event_seen = event_seen or event is not None
            yield Incoming(raw, event, error, number)
        self._events = self._events and not event_seen  # lines of raw records: do not try each as a CloudEvent

    def keep(self, rest: bytes) -> None:
        """Remember how a line begins that is too long to be held."""
        self._begun += rest[: self._limits.event - len(self._begun)]

    def too_long(self, size: int, number: int, rest: bytes) -> Incoming:
        self.keep(rest)
        raw, self._begun = self._begun, b""
        why = f"the line has {size} bytes; a line may have {self._limits.line}"
        return Incoming(raw, None, rejected("event.tooLarge", "", why), number)


def _document(begun: _Begun, format: Format, source: str | None, limits: Limits) -> Iterator[Incoming]:
    held = bytearray()
    for piece in begun.pieces():
        held += piece
        if len(held) > limits.document:
            why = f"the document has more than {limits.document} bytes: send it as JSON lines, or in parts"
            yield Incoming(bytes(held[: limits.event]), None, rejected("event.tooLarge", "", why), 1)
            return
    text = bytes(held)
    del held
    if not text.removeprefix(_BOM).strip(_SPACE):
        return
    last: Incoming | None = None
    line, counted = 1, 0
    for raw, offset, event, error in unwrap(text, format, source, limits.event):
        if last is not None:
            yield last
        line += text.count(b"\n", counted, offset)
        counted = max(counted, offset)
        lone = event is not None and event.type == _STATEMENT and len(raw) == len(text.removeprefix(_BOM).strip(_SPACE))
        last = Incoming(raw, event, error, line, lone and b'"data"' not in raw)
    if last is None:
        return
    if last.error is not None and begun.damaged:
        begun.left, begun.line = last.raw, last.line  # where the text breaks off: told with the damage
    else:
        yield last
        begun.line = line + text.count(b"\n", counted)
