"""The keys folder: secrets that are made when first needed and never stand in a database.

Whoever has the database alone cannot search alert ids for national ids; whoever loses the folder gets other
ids. The folder has mode 0700, each key file 0600; back it up.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path
from uuid import UUID

_SECRET_BYTES = 32
_ALERT_SECRET = "alert-ids.key"


class BadKeys(Exception):
    """The keys cannot be used; the message says what to do. Exit code 1."""


class Keys:
    """The secrets of one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def exist(self) -> bool:
        """Whether the secret behind alert ids is there."""
        return (self.folder / _ALERT_SECRET).is_file()

    def alert_namespace(self) -> UUID:
        """The namespace of alert ids (uuid5), derived from the secret, which is made where there is none yet.

        Raises BadKeys where the folder or the file cannot be used.
        """
        digest = hmac.digest(self._secret(_ALERT_SECRET), b"aiqyn alert ids v1", hashlib.sha256)
        return UUID(bytes=digest[:16], version=5)

    def derived(self, purpose: bytes) -> bytes:
        """A key of 32 bytes for one purpose. Raises BadKeys."""
        return hmac.digest(self._secret(_ALERT_SECRET), purpose, hashlib.sha256)

    def fingerprint(self) -> str:
        """Tells one folder's secret from another's and gives nothing away; the database keeps it."""
        return hmac.digest(self._secret(_ALERT_SECRET), b"aiqyn fingerprint v1", hashlib.sha256)[:8].hex()

    def _secret(self, name: str) -> bytes:
        path = self.folder / name
        try:
            if not path.exists():
                self._make(path)
            secret = path.read_bytes()
        except OSError as error:
            raise BadKeys(
                f"the keys folder {self.folder} cannot be used ({error.strerror}); "
                "name another in AIQYN_KEYS_DIR or correct its permissions"
            ) from None
        if len(secret) != _SECRET_BYTES:
            raise BadKeys(f"{path} does not hold {_SECRET_BYTES} bytes; restore it from its backup")
        return secret

    def _make(self, path: Path) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        part = self.folder / f".{path.name}.{os.getpid()}"
        try:
            with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(secrets.token_bytes(_SECRET_BYTES))
                file.flush()
                os.fsync(file.fileno())
            # A link fails where another process was faster: its secret stands, ours is thrown away.
            os.link(part, path)
        except FileExistsError:
            pass
        finally:
            part.unlink(missing_ok=True)
        _sync_folder(self.folder)


def _sync_folder(folder: Path) -> None:
    """A file's name is durable once its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
