"""Settings that name a real broker, with topics of their own."""

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from servers.kafka import Kafka

from aiqyn.services import settings as reading
from aiqyn.services.kafka import topics
from aiqyn.services.settings import Settings

NewSettings = Callable[..., Settings]


@pytest.fixture
def new_settings(kafka: Kafka, tmp_path: Path) -> NewSettings:
    """Settings with a prefix of topics that nobody else uses; further variables by name."""

    def make(**more: str) -> Settings:
        environ = {
            "AIQYN_KAFKA_BOOTSTRAP": kafka.bootstrap,
            "AIQYN_TOPIC_PREFIX": f"t{uuid4().hex[:8]}.",
            "AIQYN_KEYS_DIR": str(tmp_path / "keys"),
            "AIQYN_STATE_DIR": str(tmp_path / "state"),
            **more,
        }
        return reading.read(environ, f"sqlite:///{tmp_path / 'aiqyn.db'}")

    return make


@pytest.fixture
def settings(new_settings: NewSettings) -> Settings:
    """Settings whose topics are made."""
    made = new_settings()
    topics.create(made, partitions=2)
    return made
