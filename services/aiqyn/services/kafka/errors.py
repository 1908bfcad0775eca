"""What goes wrong with Kafka, in the words of the product."""

from __future__ import annotations


class KafkaUnavailable(Exception):
    """Kafka did not take or give something; the message says what. Nothing is known to be lost: try again later."""
