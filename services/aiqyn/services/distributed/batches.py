"""What both runners do with one batch: hand it in, and again while the database or Kafka is away."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from aiqyn.services.distributed.brake import Braked
from aiqyn.services.distributed.intake import Intake
from aiqyn.services.distributed.records import KafkaRecord
from aiqyn.services.distributed.runtime import FATAL, Runtime
from aiqyn.services.kafka.errors import KafkaUnavailable
from aiqyn.services.store.errors import StoreUnavailable

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
"""Seconds between tries."""
_log = logging.getLogger("aiqyn.worker")


def attempt(intake: Intake, runtime: Runtime, records: Sequence[KafkaRecord]) -> bool:
    """Take a batch in; False: wait, and try again. Ends the process where that would not help."""
    runtime.busy_since = time.monotonic()
    try:
        intake.take(records)
        runtime.written.set()
    except (StoreUnavailable, KafkaUnavailable) as error:
        _log.warning("the intake waits: %s", error)
        return False
    except Braked as error:
        runtime.fail(str(error), 1)
    except BaseException:
        _log.critical("cannot go on; nothing of this batch is acknowledged", exc_info=True)
        runtime.fail("the intake failed", FATAL)
    return True
