"""A process that commits batches until it is killed. It says each batch's last number once that is done.

Arguments: the database's URL, then where to die: `before` or `after` the third commit, or `never`.
"""

import os
import signal
import sys
from itertools import count

from sqlalchemy import Connection, event

from aiqyn.services.store import upgrade
from aiqyn.services.store.database import connect
from aiqyn.services.store.sql_store import SqlStore
from tests.services.store.conftest import Samples

EVENTS = 200
ALERTS = 20


def main(url: str, death: str) -> None:
    engine = connect(url, create=True)
    upgrade.require(engine)
    store = SqlStore(engine)
    samples = Samples()
    for number in count(store.last_seq() // EVENTS):
        if number == 2 and death == "before":
            event.listen(engine, "commit", die)
        first = number * EVENTS + 1
        revisions = [
            samples.revision(f"alert-{alert}", number + 1, first, (first, first + 1)) for alert in range(ALERTS)
        ]
        store.commit(samples.batch(first, first + EVENTS - 1, *revisions))
        if number == 2 and death == "after":
            os.kill(os.getpid(), signal.SIGKILL)
        print(first + EVENTS - 1, flush=True)


def die(_connection: Connection) -> None:
    """Called when all statements of a transaction were executed and COMMIT is next."""
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
