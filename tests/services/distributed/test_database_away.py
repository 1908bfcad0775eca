"""What a worker asks of a database that is cut off: it hears that it should wait, and nothing that would end it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from servers.proxy import Proxy
from sqlalchemy import Engine, make_url

from aiqyn.services.distributed.leases import Leases, lowest
from aiqyn.services.distributed.ledger import last_seq, next_offsets
from aiqyn.services.store import upgrade
from aiqyn.services.store.database import connect
from aiqyn.services.store.errors import StoreUnavailable


@pytest.mark.parametrize(
    "ask",
    [last_seq, next_offsets, lowest, lambda engine: Leases(engine, "w", "aiqyn", "detect").share(0)],
    ids=["last_seq", "next_offsets", "lowest", "share"],
)
def test_cut_off(ask: Callable[[Engine], Any], postgres_url: str) -> None:
    address = make_url(postgres_url)
    assert address.port is not None
    with Proxy(("127.0.0.1", address.port)) as proxy:
        engine = connect(f"postgresql://aiqyn@127.0.0.1:{proxy.port}/{address.database}", create=True)
        try:
            upgrade.upgrade(engine)
            ask(engine)
            proxy.refuse()
            with pytest.raises(StoreUnavailable):
                ask(engine)
            proxy.heal()
            ask(engine)
        finally:
            engine.dispose()
