"""Settings of Kafka clients: what every client of ours must have, and what the operator adds.

The operator writes `AIQYN_KAFKA_<NAME>` in kafka-python's spelling; a setting goes to each client that knows it. One
that no client knows, that cannot be text, or that we depend on, is refused.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.errors import KafkaError
from kafka.producer.future import FutureRecordMetadata as Future
from kafka.serializer import Serializer

from aiqyn.services.kafka import checksums
from aiqyn.services.kafka.errors import KafkaUnavailable
from aiqyn.services.settings import BadSetting, Settings

checksums.compiled()

_ENVELOPE = 64 << 10
"""Bytes that key, headers and framing may add to the data of an event."""

_OURS = frozenset(
    {
        "acks", "allow_auto_create_topics", "auto_offset_reset", "bootstrap_servers", "enable_auto_commit",
        "enable_idempotence", "group_id", "group_instance_id", "isolation_level", "key_deserializer",
        "key_serializer", "partition_assignment_strategy", "retries", "transactional_id", "value_deserializer",
        "value_serializer",
    }
)  # fmt: skip
_NUMBERS = frozenset({"receive_buffer_bytes", "send_buffer_bytes"})
_KNOWN: dict[str, Any] = {
    **KafkaAdminClient.DEFAULT_CONFIG,
    **KafkaConsumer.DEFAULT_CONFIG,
    **KafkaProducer.DEFAULT_CONFIG,
}


def message_bytes(settings: Settings) -> int:
    """The largest record of a public topic, in bytes with key and headers."""
    return settings.max_event_bytes + _ENVELOPE


def letter_bytes(settings: Settings) -> int:
    """The largest dead letter: any record of a public topic and the headers that say why it is dead."""
    return message_bytes(settings) + _ENVELOPE


def extra(settings: Settings) -> dict[str, Any]:
    """What the operator adds, with its types. Raises BadSetting."""
    return {name: _typed(name, text) for name, text in settings.kafka.items()}


def _typed(name: str, text: str) -> Any:
    variable = f"AIQYN_KAFKA_{name.upper()}"
    if name in _OURS:
        raise BadSetting(f"{variable}: this is not for you to set: delivery without loss depends on it")
    if name not in _KNOWN:
        raise BadSetting(f"{variable} is not a setting of kafka-python {_version()}; unset it")
    default = _KNOWN[name]
    try:
        if name == "api_version":
            return tuple(int(part) for part in text.split("."))
        if isinstance(default, bool):
            return {"true": True, "false": False}[text.lower()]
        if isinstance(default, int) or name in _NUMBERS:
            return int(text)
        if isinstance(default, float):
            return float(text)
    except (ValueError, KeyError):
        raise BadSetting(f"{variable}: {text!r} is not of the kind of {default!r}") from None
    if (default is not None and not isinstance(default, str)) or name in ("ssl_context", "sasl_oauth_token_provider"):
        raise BadSetting(f"{variable}: its value is code, not text; unset it")
    return text


def _version() -> str:
    import kafka

    return str(kafka.__version__)


def _servers(settings: Settings) -> list[str]:
    if settings.kafka_bootstrap is None:
        raise BadSetting("AIQYN_KAFKA_BOOTSTRAP is not set; it names Kafka, as in 127.0.0.1:9092")
    return settings.kafka_bootstrap.split(",")


def _known_to(client: type, given: Mapping[str, Any]) -> dict[str, Any]:
    known: Mapping[str, Any] = client.DEFAULT_CONFIG  # type: ignore[attr-defined]  # each client of kafka-python has it
    return {name: value for name, value in given.items() if name in known}


def producer_settings(settings: Settings) -> dict[str, Any]:
    """Of an idempotent producer that every replica in sync acknowledges. Raises BadSetting."""
    usual: dict[str, Any] = {
        "client_id": "aiqyn",
        "linger_ms": 10,
        "compression_type": "gzip",
        "max_block_ms": 30_000,
        "max_request_size": letter_bytes(settings) + _ENVELOPE,
        "batch_size": 64 << 10,
    }
    ours: dict[str, Any] = {
        "bootstrap_servers": _servers(settings),
        # said aloud: another option that contradicts it then raises, instead of turning it off
        "enable_idempotence": True,
        "acks": "all",
        "allow_auto_create_topics": False,
    }
    return {**usual, **_known_to(KafkaProducer, extra(settings)), **ours}


def consumer_settings(settings: Settings) -> dict[str, Any]:
    """Of a consumer that assigns partitions to itself and commits nothing. Raises BadSetting."""
    ours: dict[str, Any] = {
        "bootstrap_servers": _servers(settings),
        "group_id": None,
        "enable_auto_commit": False,
        "auto_offset_reset": "earliest",
        "isolation_level": "read_committed",
        "allow_auto_create_topics": False,
    }
    return {"client_id": "aiqyn", **_known_to(KafkaConsumer, extra(settings)), **ours}


def admin_settings(settings: Settings) -> dict[str, Any]:
    """Of an admin client. Raises BadSetting."""
    return {
        "client_id": "aiqyn",
        **_known_to(KafkaAdminClient, extra(settings)),
        "bootstrap_servers": _servers(settings),
    }


_AIOKAFKA_COMMON = (
    "client_id", "metadata_max_age_ms", "request_timeout_ms", "retry_backoff_ms", "connections_max_idle_ms",
    "security_protocol", "sasl_mechanism", "sasl_plain_username", "sasl_plain_password",
    "sasl_kerberos_service_name", "sasl_kerberos_domain_name",
)  # fmt: skip
_SSL = ("ssl_cafile", "ssl_certfile", "ssl_keyfile", "ssl_password", "ssl_ciphers", "ssl_crlfile", "ssl_check_hostname")


def aiokafka_settings(settings: Settings, names: Iterable[str] = ()) -> dict[str, Any]:
    """What aiokafka's consumers and producers need to reach the same Kafka. Raises BadSetting.

    `names` are further settings that the client at hand knows under kafka-python's name (`session_timeout_ms`).
    """
    given = extra(settings)
    taken = {name: given[name] for name in (*_AIOKAFKA_COMMON, *names) if name in given}
    if str(given.get("security_protocol", "")).endswith("SSL"):
        taken["ssl_context"] = ssl_context(settings)
    return {"client_id": "aiqyn", **taken, "bootstrap_servers": _servers(settings)}


def ssl_context(settings: Settings) -> ssl.SSLContext:
    """TLS as the settings `ssl_*` say. Raises BadSetting where a file cannot be used."""
    given = {name: value for name, value in extra(settings).items() if name in _SSL}
    try:
        context = ssl.create_default_context(cafile=given.get("ssl_cafile"))
        context.check_hostname = given.get("ssl_check_hostname", True)
        if "ssl_certfile" in given:
            context.load_cert_chain(given["ssl_certfile"], given.get("ssl_keyfile"), given.get("ssl_password"))
        if "ssl_crlfile" in given:
            context.load_verify_locations(given["ssl_crlfile"])
            context.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
        if "ssl_ciphers" in given:
            context.set_ciphers(given["ssl_ciphers"])
    except OSError as error:  # ssl.SSLError is one
        raise BadSetting(f"AIQYN_KAFKA_SSL_...: the files cannot be used: {error}") from None
    return context


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Errors of Kafka's client as KafkaUnavailable; `doing` says what failed."""
    try:
        yield
    except (KafkaError, OSError) as error:
        raise KafkaUnavailable(f"{doing}: {_said(error)}") from error


def _said(error: BaseException) -> str:
    text = str(error)
    name = type(error).__name__
    return text if text.startswith(name) or not text else f"{name}: {text}"


def producer(settings: Settings, **more: Any) -> KafkaProducer:
    """An idempotent producer. Raises BadSetting, KafkaUnavailable."""
    with translated(f"no connection to Kafka at {settings.kafka_bootstrap}"):
        return _made(KafkaProducer, {**producer_settings(settings), **more})


def drop(producer: KafkaProducer, seconds: float = 0) -> None:
    """Close a producer; what it still holds after so long is lost with it."""
    try:
        producer.close(timeout=seconds)
    except KafkaError:
        producer._sender.force_close()  # `close` gave up in front of it, because records are still under way


def consumer(settings: Settings, **more: Any) -> KafkaConsumer:
    """A consumer without a group. Raises BadSetting, KafkaUnavailable."""
    with translated(f"no connection to Kafka at {settings.kafka_bootstrap}"):
        return _made(KafkaConsumer, {**consumer_settings(settings), **more})


def admin(settings: Settings) -> KafkaAdminClient:
    """An admin client. Raises BadSetting, KafkaUnavailable."""
    with translated(f"no connection to Kafka at {settings.kafka_bootstrap}"):
        return _made(KafkaAdminClient, admin_settings(settings))


def _made(client: Any, given: Mapping[str, Any]) -> Any:
    try:
        return client(**given)
    except (AssertionError, ValueError, TypeError, RuntimeError) as error:
        # what kafka-python says of settings that do not go together, or of a compression that is not installed
        raise BadSetting(f"AIQYN_KAFKA_...: {error}") from error


__all__ = [
    "Future",
    "KafkaAdminClient",
    "KafkaConsumer",
    "KafkaProducer",
    "Serializer",
    "admin",
    "admin_settings",
    "aiokafka_settings",
    "consumer",
    "consumer_settings",
    "drop",
    "extra",
    "letter_bytes",
    "message_bytes",
    "producer",
    "producer_settings",
    "ssl_context",
    "translated",
]
