"""Logs of every process, wired once: one line an entry on stderr, as text or as JSON, third parties' entries included.

Members of a JSON line: `timestamp` (RFC 3339, UTC), `level`, `logger`, `event`, and `exception` where there is one.
"""

from __future__ import annotations

import logging
import sys
import threading
import warnings
from collections.abc import Callable, MutableMapping
from types import TracebackType
from typing import Any, cast

from aiqyn.services.log_flood import Seldom
from aiqyn.services.log_safety import redactor, secrets, told
from aiqyn.services.settings import LogFormat, Settings

_log = logging.getLogger("aiqyn")
_Entry = MutableMapping[str, Any]
_service = False
"""Whether this process stays: then its last words are log lines too."""


def configure(settings: Settings) -> None:
    """Send what is logged to stderr as the settings say; what was configured before is replaced."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(Seldom())
    handler.setFormatter(_Formatter(_format(settings), secrets(settings)))
    root = logging.getLogger()
    for old in [each for each in root.handlers if isinstance(each.formatter, _Formatter)]:
        root.removeHandler(old)
    root.addHandler(handler)
    level: int = logging.getLevelNamesMapping()[settings.log_level.upper()]
    # Below warnings the others print addresses, headers and records.
    root.setLevel(max(level, logging.WARNING))
    _log.setLevel(level)
    # it complains of every task longer than a tenth of a second
    logging.getLogger("kafka.net.selector").setLevel(max(level, logging.ERROR))


def of_a_service(settings: Settings) -> None:
    """`configure` for a process that stays: warnings, and errors that nobody caught, are log entries."""
    global _service
    configure(settings)
    _service = True
    logging.captureWarnings(True)
    warnings.simplefilter("default" if settings.log_level == "debug" else "ignore")
    sys.excepthook = _uncaught
    threading.excepthook = lambda args: _uncaught(
        args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback, args.thread
    )


def ordinary() -> None:
    """This process is no service until `of_a_service` says so."""
    global _service
    _service = False


def last_words(line: str) -> bool:
    """Log why a service ends; False: this process is none, print it."""
    if _service:
        _log.error("%s", line)
    return _service


def _uncaught(
    kind: type[BaseException],
    error: BaseException,
    trace: TracebackType | None,
    thread: threading.Thread | None = None,
) -> None:
    where = f"the thread {thread.name}" if thread is not None else "the process"
    _log.critical("%s failed: this is a bug", where, exc_info=(kind, error, trace))


def _format(settings: Settings) -> LogFormat:
    return settings.log_format or ("text" if sys.stderr.isatty() else "json")


class _Formatter(logging.Formatter):
    """structlog's formatter, made at the first entry: most commands never log."""

    def __init__(self, format: LogFormat, hidden: tuple[str, ...]) -> None:
        super().__init__()
        self._of = format, hidden
        self._inner: logging.Formatter | None = None

    def format(self, record: logging.LogRecord) -> str:
        if self._inner is None:
            self._inner = _structured(*self._of)
        return self._inner.format(record)


def _structured(format: LogFormat, hidden: tuple[str, ...]) -> logging.Formatter:
    import structlog

    stdlib, processors = structlog.stdlib, structlog.processors
    shown = cast("Any", processors.JSONRenderer(ensure_ascii=False) if format == "json" else _text)
    return stdlib.ProcessorFormatter(
        foreign_pre_chain=[stdlib.add_logger_name, stdlib.add_log_level],
        processors=[
            processors.TimeStamper(fmt="iso", utc=True),
            _exceptions,
            stdlib.ProcessorFormatter.remove_processors_meta,
            _redacted(redactor(hidden)),
            shown,
        ],
    )


def _exceptions(_logger: object, _name: str, entry: _Entry) -> _Entry:
    info = entry.pop("exc_info", None)
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        entry["exception"] = told(error)
    return entry


def _redacted(redact: Callable[[str], str]) -> Callable[[object, str, _Entry], _Entry]:
    def processor(_logger: object, _name: str, entry: _Entry) -> _Entry:
        return {name: redact(value if isinstance(value, str) else repr(value)) for name, value in entry.items()}

    return processor


def _text(_logger: object, _name: str, entry: _Entry) -> str:
    line = f"{entry['timestamp']} {entry['level'].upper()} {entry['logger']}: {entry['event']}"
    return "\n".join([line, entry["exception"]]) if "exception" in entry else line
