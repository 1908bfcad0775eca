"""A process that writes three leaves and dies. Arguments: URL, keys folder, when."""

import os
import signal
import sys

from sqlalchemy import event

from aiqyn.services import settings
from aiqyn.services.audit import leaves, sequencer
from aiqyn.services.store.database import connect, writing


def main(url: str, keys: str, death: str) -> None:
    engine = connect(url, create=False)
    for number in range(3):
        with writing(engine) as connection:
            leaves.record(connection, "rule", f"r{number}", {"id": number}, number)
    signer = sequencer.signer_of(settings.read({"AIQYN_KEYS_DIR": keys}, url, None), engine)
    if death == "while sequencing":
        event.listen(engine, "commit", lambda _: os.kill(os.getpid(), signal.SIGKILL))
        sequencer.advance(engine, signer)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
