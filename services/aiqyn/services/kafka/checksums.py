"""Checksums of Kafka's records (CRC-32C) by compiled code: kafka-python's own is Python, two hundred times slower."""

from __future__ import annotations

from aiokafka.record.util import calc_crc32c
from kafka.record import default_records


def compiled() -> None:
    """Let kafka-python compute checksums as aiokafka does, in this process."""
    default_records.calc_crc32c = calc_crc32c
