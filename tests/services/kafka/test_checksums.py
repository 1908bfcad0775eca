"""Checksums by compiled code are those of kafka-python's own."""

import random

from aiokafka.record.util import calc_crc32c
from kafka.record import default_records
from kafka.record._crc32c import crc

from aiqyn.services.kafka import clients


def test_both_compute_the_same_and_the_compiled_one_is_in_use() -> None:
    assert clients.KafkaConsumer.__module__.startswith("kafka.")
    assert default_records.calc_crc32c is calc_crc32c
    assert default_records.calc_crc32c(b"123456789") == 0xE3069283  # RFC 3720
    for size in (0, 1, 7, 300, 5000):
        data = random.Random(size).randbytes(size)
        assert default_records.calc_crc32c(memoryview(bytearray(data))) == crc(data)
