"""The file of a dossier: a ZIP that has one form alone, so that any changed byte shows."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping


class BadArchive(Exception):
    """The bytes are not those of a dossier's ZIP; the message says why."""


def pack(files: Mapping[str, bytes]) -> bytes:
    """The ZIP of these files: stored, by ascending name, dated 1980-01-01, nothing extra."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name), files[name])
    return buffer.getvalue()


def unpack(raw: bytes) -> dict[str, bytes]:
    """The files of a ZIP that `pack` makes of them again, byte by byte. Raises BadArchive."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            entries = archive.infolist()
            if any(entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & ~0x800 for entry in entries):
                raise BadArchive("an entry of the ZIP is compressed or encrypted")
            if sum(entry.file_size for entry in entries) > len(raw):
                raise BadArchive("the ZIP says that it holds more than it has bytes")
            files = {entry.filename: archive.read(entry) for entry in entries}
        same = pack(files) == raw
    except BadArchive:
        raise
    # What zipfile raises for broken bytes is not only BadZipFile.
    except Exception as error:
        raise BadArchive(f"no ZIP that can be read: {error}") from None
    if not same:
        raise BadArchive("the bytes differ from the ZIP made of its files")
    return files
