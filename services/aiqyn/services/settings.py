"""Settings: read once, from the environment and the options that beat it, into one frozen value.

Every variable that the product knows stands in `VARIABLES`; another one that begins with `AIQYN_`, or a value
that cannot be read, is an error that names the variable. An empty variable counts as unset.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Literal, cast
from urllib.parse import urlsplit

from aiqyn.rules import profile as profiles
from aiqyn.services import setting_forms

LogLevel = Literal["debug", "info", "warning", "error", "critical"]
LogFormat = Literal["text", "json"]

DEFAULT_DATABASE = "sqlite:///aiqyn.db"
_SQLITE = "sqlite:///"


class BadSetting(Exception):
    """A variable or option is unknown or cannot be read; the message names it and says what would do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What one command runs with."""

    database_url: str
    """`sqlite:///<path>` or `postgresql://...`."""
    profile: str | None
    """None: the database's own; `generic` for a new one."""
    keys_dir: Path
    state_dir: Path
    max_event_bytes: int
    max_body_bytes: int
    max_records: int
    source: str
    """`source` of events that we emit."""
    log_level: LogLevel
    log_format: LogFormat | None
    """None: text on a terminal, else JSON."""
    kafka_bootstrap: str | None
    """`host:port`, several by commas; None: embedded."""
    kafka: Mapping[str, str]
    """Further client settings in kafka-python's spelling, lower case: `{"security_protocol": "SASL_SSL"}`."""
    topic_prefix: str
    group: str
    instance_id: str | None
    host: str
    port: int
    public_url: str | None
    health_port: int
    rate_limit: int
    """Requests a minute by user; 0: no limit."""
    signin_limit: int
    """Failed sign-ins in 15 minutes by account and by address."""
    oidc_issuer: str | None
    oidc_client_id: str | None
    oidc_client_secret: str | None
    oidc_roles_claim: str
    api_key: str | None
    webhook_allow_private: bool
    webhook_retries: tuple[int, ...]
    """Seconds before each further attempt."""
    audit_origin: str | None
    audit_interval: int
    """Seconds between checkpoints."""
    audit_public: bool
    audit_witnesses: tuple[tuple[str, str], ...]
    """(verifier key, URL) of each witness."""
    dlq_brake: float
    """Share of refused records of one partition above which a worker stops."""

    @property
    def sqlite_file(self) -> Path | None:
        """The database's file; None where it is not SQLite."""
        return sqlite_file(self.database_url)


def sqlite_file(url: str) -> Path | None:
    """The file that an SQLite URL names; None for another database."""
    return Path(url[len(_SQLITE) :]) if url.startswith(_SQLITE) else None


def read(environ: Mapping[str, str], database_url: str | None = None, profile: str | None = None) -> Settings:
    """Settings from the environment; an option that is given beats its variable. Raises BadSetting."""
    values = {name: text for name, text in environ.items() if name.startswith("AIQYN_")}
    for name in sorted(values):
        if name not in VARIABLES and not _is_kafka(name):
            raise BadSetting(f"{name} is not a setting; {_advice(name)}")
    parsed: dict[str, object] = {}
    for name, (default, parse) in VARIABLES.items():
        parsed[name] = _parsed(name, values.get(name) or default, parse)
    url = _parsed("--db", database_url, _database_url) or parsed["AIQYN_DATABASE_URL"]
    chosen = _parsed("--profile", profile, _profile) or parsed["AIQYN_PROFILE"]
    beside = (sqlite_file(str(url)) or Path("aiqyn.db")).parent
    return Settings(
        database_url=str(url),
        profile=None if chosen is None else str(chosen),
        keys_dir=_folder(parsed["AIQYN_KEYS_DIR"], beside / ".aiqyn" / "keys"),
        state_dir=_folder(parsed["AIQYN_STATE_DIR"], beside / ".aiqyn" / "state"),
        max_event_bytes=_number(parsed["AIQYN_MAX_EVENT_BYTES"]),
        max_body_bytes=_number(parsed["AIQYN_MAX_BODY_BYTES"]),
        max_records=_number(parsed["AIQYN_MAX_RECORDS"]),
        source=str(parsed["AIQYN_SOURCE"]),
        log_level=_LEVELS[str(parsed["AIQYN_LOG_LEVEL"])],
        log_format=_FORMATS.get(str(parsed["AIQYN_LOG_FORMAT"])),
        kafka_bootstrap=_optional(parsed["AIQYN_KAFKA_BOOTSTRAP"]),
        kafka=_kafka(values),
        topic_prefix=str(parsed["AIQYN_TOPIC_PREFIX"] or ""),
        group=str(parsed["AIQYN_GROUP"]),
        instance_id=_optional(parsed["AIQYN_INSTANCE_ID"]),
        host=str(parsed["AIQYN_HOST"]),
        port=_number(parsed["AIQYN_PORT"]),
        public_url=_optional(parsed["AIQYN_PUBLIC_URL"]),
        health_port=_number(parsed["AIQYN_HEALTH_PORT"]),
        rate_limit=_number(parsed["AIQYN_RATE_LIMIT"]),
        signin_limit=_number(parsed["AIQYN_SIGNIN_LIMIT"]),
        oidc_issuer=_optional(parsed["AIQYN_OIDC_ISSUER"]),
        oidc_client_id=_optional(parsed["AIQYN_OIDC_CLIENT_ID"]),
        oidc_client_secret=_optional(parsed["AIQYN_OIDC_CLIENT_SECRET"]),
        oidc_roles_claim=str(parsed["AIQYN_OIDC_ROLES_CLAIM"]),
        api_key=_optional(parsed["AIQYN_API_KEY"]),
        webhook_allow_private=parsed["AIQYN_WEBHOOK_ALLOW_PRIVATE"] == "true",
        webhook_retries=cast("tuple[int, ...]", parsed["AIQYN_WEBHOOK_RETRIES"]),
        audit_origin=_optional(parsed["AIQYN_AUDIT_ORIGIN"]),
        audit_interval=_number(parsed["AIQYN_AUDIT_INTERVAL"]),
        audit_public=parsed["AIQYN_AUDIT_PUBLIC"] == "true",
        audit_witnesses=cast("tuple[tuple[str, str], ...]", parsed["AIQYN_AUDIT_WITNESSES"] or ()),
        dlq_brake=cast("float", parsed["AIQYN_DLQ_BRAKE"]),
    )


def _optional(value: object) -> str | None:
    return None if value is None else str(value)


_KAFKA = "AIQYN_KAFKA_"


def _kafka(values: Mapping[str, str]) -> dict[str, str]:
    """Client settings in kafka-python's spelling: `AIQYN_KAFKA_SASL_MECHANISM` is `sasl_mechanism`."""
    own = "AIQYN_KAFKA_BOOTSTRAP"
    return {
        name[len(_KAFKA) :].lower(): text for name, text in values.items() if _is_kafka(name) and name != own and text
    }


_LEVELS: dict[str, LogLevel] = {
    "debug": "debug",
    "info": "info",
    "warning": "warning",
    "error": "error",
    "critical": "critical",
}
_FORMATS: dict[str, LogFormat] = {"text": "text", "json": "json"}


def _parsed(name: str, text: str | None, parse: Callable[[str], object]) -> object:
    if text is None or text == "":
        return None
    try:
        return parse(text)
    except ValueError as error:
        raise BadSetting(f"{name}: {error}") from None


def _advice(name: str) -> str:
    like = get_close_matches(name, VARIABLES, n=1)
    return f"did you mean {like[0]}?" if like else "unset it"


def _is_kafka(name: str) -> bool:
    return name.startswith("AIQYN_KAFKA_") and name != "AIQYN_KAFKA_"


def _folder(value: object, otherwise: Path) -> Path:
    return otherwise if value is None else Path(str(value))


def _number(value: object) -> int:
    assert isinstance(value, int)
    return value


def _whole(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        wanted = f"a whole number from {least} to {most} is wanted, not {text!r}"
        if not (text.isascii() and text.isdigit() and len(text) <= 12):
            raise ValueError(wanted)
        if not least <= int(text) <= most:
            raise ValueError(wanted)
        return int(text)

    return parse


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.lower() not in words:
            raise ValueError(f"one of {', '.join(words)} is wanted, not {text!r}")
        return text.lower()

    return parse


def _database_url(text: str) -> str:
    if text.startswith(_SQLITE):
        path = text[len(_SQLITE) :]
        if not path or path.endswith("/") or path == ":memory:" or "?" in path:
            raise ValueError(f"sqlite:/// is followed by the path of a file, as in {DEFAULT_DATABASE}")
        return text
    if text.startswith("postgresql://") and urlsplit(text).path.strip("/"):
        return text
    raise ValueError("sqlite:///<file> or postgresql://user@host/name is wanted")


def _profile(text: str) -> str:
    if text not in profiles.names():
        raise ValueError(f"no profile {text!r}; there are {', '.join(profiles.names())}")
    return text


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not 0 < value <= 1:
        raise ValueError(f"a share above 0 and at most 1 is wanted, not {text!r}")
    return value


def _seconds(text: str) -> tuple[int, ...]:
    return tuple(_whole(0, 10_000_000)(part.strip()) for part in text.split(","))


def _bootstrap(text: str) -> str:
    for server in text.split(","):
        host, colon, port = server.strip().rpartition(":")
        if not (host and colon and port.isascii() and port.isdigit() and 0 < int(port) < 65_536):
            raise ValueError(f"host:port is wanted, several by commas, not {text!r}")
    return text.replace(" ", "")


_flag = _one_of("true", "false")
_MEBIBYTE = 1 << 20

VARIABLES: dict[str, tuple[str | None, Callable[[str], object]]] = {
    "AIQYN_DATABASE_URL": (DEFAULT_DATABASE, _database_url),
    "AIQYN_PROFILE": (None, _profile),
    "AIQYN_KAFKA_BOOTSTRAP": (None, _bootstrap),
    "AIQYN_TOPIC_PREFIX": (None, setting_forms.prefix),
    "AIQYN_GROUP": ("aiqyn", setting_forms.name),
    "AIQYN_INSTANCE_ID": (None, setting_forms.name),
    "AIQYN_HOST": ("127.0.0.1", setting_forms.host),
    "AIQYN_PORT": ("8000", _whole(0, 65_535)),
    "AIQYN_PUBLIC_URL": (None, setting_forms.url),
    "AIQYN_HEALTH_PORT": ("0", _whole(0, 65_535)),
    "AIQYN_STATE_DIR": (None, setting_forms.folder),
    "AIQYN_KEYS_DIR": (None, setting_forms.folder),
    "AIQYN_MAX_EVENT_BYTES": (str(_MEBIBYTE), _whole(1, 1 << 30)),
    "AIQYN_MAX_BODY_BYTES": (str(8 * _MEBIBYTE), _whole(1, 1 << 30)),
    "AIQYN_MAX_RECORDS": ("1000", _whole(1, 1_000_000)),
    "AIQYN_RATE_LIMIT": ("6000", _whole(0, 10_000_000)),
    "AIQYN_SIGNIN_LIMIT": ("10", _whole(1, 10_000_000)),
    "AIQYN_OIDC_ISSUER": (None, setting_forms.url),
    "AIQYN_OIDC_CLIENT_ID": (None, setting_forms.printable),
    "AIQYN_OIDC_CLIENT_SECRET": (None, setting_forms.secret),
    "AIQYN_OIDC_ROLES_CLAIM": ("roles", setting_forms.printable),
    "AIQYN_SOURCE": ("/aiqyn", setting_forms.source),
    "AIQYN_API_KEY": (None, setting_forms.key),
    "AIQYN_WEBHOOK_ALLOW_PRIVATE": ("false", _flag),
    "AIQYN_WEBHOOK_RETRIES": ("5,300,1800,7200,18000,36000,50400,72000,86400", _seconds),
    "AIQYN_AUDIT_ORIGIN": (None, setting_forms.origin),
    "AIQYN_AUDIT_INTERVAL": ("10", _whole(1, 1_000_000)),
    "AIQYN_AUDIT_PUBLIC": ("false", _flag),
    "AIQYN_AUDIT_WITNESSES": (None, setting_forms.pairs),
    "AIQYN_DLQ_BRAKE": ("0.5", _share),
    "AIQYN_LOG_LEVEL": ("info", _one_of(*_LEVELS)),
    "AIQYN_LOG_FORMAT": (None, _one_of(*_FORMATS)),
}
"""Every setting: its default (None: unset) and how its value is read. `AIQYN_KAFKA_<NAME>` come beside."""
