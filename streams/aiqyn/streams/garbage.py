"""When the garbage collector looks through what a batch made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


def looked_for_seldom() -> None:
    """For a process that keeps a world and looks through what each batch made by itself: Python alone would look again
    and again through all that stays."""
    gc.set_threshold(50_000, 20, 1_000)


@contextmanager
def collected_afterwards() -> Iterator[None]:
    """Nearly all that a batch makes stays, and is no garbage: looking through the whole world again and again for some
    would cost more the larger it is. So what the batch itself made is looked through once, after it; what was there
    before, the records that it was given among them, not at all."""
    enabled = gc.isenabled()
    gc.disable()
    gc.freeze()
    try:
        yield
    finally:
        gc.collect(1)
        gc.unfreeze()
        if enabled:
            gc.enable()
