"""Dead letters on a real broker: the bytes as they came, and the reason."""

from collections.abc import Callable

import pytest

from aiqyn.services import moments
from aiqyn.services.kafka.dead_letters import DeadLetter, DeadLetters, KafkaUnavailable
from aiqyn.services.settings import Settings
from tests.services.kafka.reading import records

LETTERS = [
    (b"k\xff", b"\x00\xff{", [("ce_id", b"a"), ("ce_id", b"b"), ("\u049b", b"\xfe")]),
    (None, b"value", []),
    (b"key", None, [("x", b"")]),
    (None, None, [("x", b"1")]),
]


def test_letters_are_the_bytes_that_came_with_headers_that_say_why(settings: Settings) -> None:
    topic = settings.topic_prefix + "donations"
    before = moments.now()
    with DeadLetters(settings) as letters:
        letters.send(
            DeadLetter(topic, 1, offset, key, value, headers, "json.invalid", "half \ud800 a character", "decode")
            for offset, (key, value, headers) in enumerate(LETTERS)
        )
        found = records(settings, "donations.dlq", len(LETTERS))  # they stand there when `send` returns
    for record in found:
        why = {name: value.decode() for name, value in record.headers[-7:]}
        key, value, headers = LETTERS[int(why["dlq_offset"])]
        assert (record.key, record.value, list(record.headers[:-7])) == (key, value, headers)
        assert before <= moments.parse(why.pop("dlq_time")) <= moments.now()
        assert why.pop("dlq_offset").isdigit()
        assert why == {
            "dlq_code": "json.invalid",
            "dlq_detail": "half \\ud800 a character",
            "dlq_stage": "decode",
            "dlq_topic": topic,
            "dlq_partition": "1",
        }


def test_a_letter_that_is_not_acknowledged_is_an_error(new_settings: Callable[..., Settings]) -> None:
    settings = new_settings(AIQYN_KAFKA_MAX_BLOCK_MS="500")
    letter = DeadLetter("nowhere", 0, 0, b"k", b"v", [], "json.invalid", "", "decode")
    with DeadLetters(settings) as letters, pytest.raises(KafkaUnavailable, match="nowhere"):
        letters.send([letter])


def test_no_letters_need_no_kafka(new_settings: Callable[..., Settings]) -> None:
    with DeadLetters(new_settings(AIQYN_KAFKA_BOOTSTRAP="127.0.0.1:1")) as letters:
        letters.send([])
