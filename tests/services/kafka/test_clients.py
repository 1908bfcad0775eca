"""Settings of clients: typed, passed to who knows them, refused where delivery hangs on them."""

from pathlib import Path

import pytest

from aiqyn.services import settings as reading
from aiqyn.services.kafka import clients
from aiqyn.services.kafka.errors import KafkaUnavailable
from aiqyn.services.settings import BadSetting, Settings


def settings(**more: str) -> Settings:
    return reading.read({"AIQYN_KAFKA_BOOTSTRAP": "127.0.0.1:1,127.0.0.1:2", **more})


def test_texts_become_what_the_client_wants() -> None:
    given = settings(
        AIQYN_KAFKA_REQUEST_TIMEOUT_MS="1500",
        AIQYN_KAFKA_SSL_CHECK_HOSTNAME="false",
        AIQYN_KAFKA_API_VERSION="2.8",
        AIQYN_KAFKA_SECURITY_PROTOCOL="SASL_PLAINTEXT",
        AIQYN_KAFKA_SASL_MECHANISM="PLAIN",
        AIQYN_KAFKA_RECEIVE_BUFFER_BYTES="65536",
        AIQYN_KAFKA_LINGER_MS="3",
    )
    assert clients.extra(given) == {
        "request_timeout_ms": 1500,
        "ssl_check_hostname": False,
        "api_version": (2, 8),
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "PLAIN",
        "receive_buffer_bytes": 65536,
        "linger_ms": 3,
    }


def test_a_setting_goes_to_the_clients_that_know_it() -> None:
    given = settings(AIQYN_KAFKA_LINGER_MS="3", AIQYN_KAFKA_FETCH_MIN_BYTES="7", AIQYN_KAFKA_CLIENT_ID="x")
    producer, consumer, admin = (
        clients.producer_settings(given),
        clients.consumer_settings(given),
        clients.admin_settings(given),
    )
    assert (producer["linger_ms"], "linger_ms" in consumer, "linger_ms" in admin) == (3, False, False)
    assert ("fetch_min_bytes" in producer, consumer["fetch_min_bytes"], "fetch_min_bytes" in admin) == (False, 7, False)
    assert {each["client_id"] for each in (producer, consumer, admin)} == {"x"}
    assert all(each["bootstrap_servers"] == ["127.0.0.1:1", "127.0.0.1:2"] for each in (producer, consumer, admin))
    assert (producer["acks"], producer["enable_idempotence"]) == ("all", True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ACKS", "0"),
        ("ENABLE_IDEMPOTENCE", "false"),
        ("GROUP_ID", "x"),
        ("NO_SUCH_THING", "1"),
        ("REQUEST_TIMEOUT_MS", "soon"),
        ("SSL_CHECK_HOSTNAME", "perhaps"),
        ("PARTITIONER", "mine"),
        ("SSL_CONTEXT", "x"),
        ("API_VERSION", "new"),
    ],
)
def test_what_would_do_harm_is_refused_by_name(name: str, value: str) -> None:
    variable = f"AIQYN_KAFKA_{name}"
    with pytest.raises(BadSetting, match=variable):
        clients.extra(settings(**{variable: value}))


def test_without_kafka_nothing_is_made_up() -> None:
    with pytest.raises(BadSetting, match="AIQYN_KAFKA_BOOTSTRAP"):
        clients.producer_settings(reading.read({}))


def test_aiokafka_is_given_a_tls_context_for_the_same_files(tmp_path: Path) -> None:
    plain = clients.aiokafka_settings(settings(AIQYN_KAFKA_SESSION_TIMEOUT_MS="9000"), ["session_timeout_ms"])
    assert plain == {
        "client_id": "aiqyn", "bootstrap_servers": ["127.0.0.1:1", "127.0.0.1:2"], "session_timeout_ms": 9000,
    }  # fmt: skip
    secure = settings(AIQYN_KAFKA_SECURITY_PROTOCOL="SSL", AIQYN_KAFKA_SSL_CHECK_HOSTNAME="false")
    assert clients.aiokafka_settings(secure)["ssl_context"].check_hostname is False
    absent = settings(AIQYN_KAFKA_SECURITY_PROTOCOL="SSL", AIQYN_KAFKA_SSL_CAFILE=str(tmp_path / "none.pem"))
    with pytest.raises(BadSetting, match="AIQYN_KAFKA_SSL"):
        clients.aiokafka_settings(absent)


def test_an_event_of_the_largest_size_fits_everywhere() -> None:
    given = settings(AIQYN_MAX_EVENT_BYTES="5000000")
    assert 5_000_000 < clients.message_bytes(given) < clients.letter_bytes(given)
    assert clients.letter_bytes(given) < clients.producer_settings(given)["max_request_size"]


def test_kafka_that_is_not_there_is_told_as_such() -> None:
    given = settings(AIQYN_KAFKA_BOOTSTRAP_TIMEOUT_MS="300")
    with pytest.raises(KafkaUnavailable, match=r"127\.0\.0\.1:1"):
        clients.producer(given)
