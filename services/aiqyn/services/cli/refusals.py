"""Says on stderr what was refused, and why: the first ones each, the rest by number."""

from __future__ import annotations

from aiqyn.schemas.errors import CODES
from aiqyn.services.cli.output import talk
from aiqyn.streams.verdicts import Verdict

_MOST = 20


class Refusals:
    """Counts refused records and names the first of them."""

    def __init__(self) -> None:
        self.count = 0
        self._codes: set[str] = set()

    def see(self, place: object, verdict: Verdict) -> None:
        """Take note of a verdict; accepted and duplicate ones say nothing."""
        if not verdict.errors:
            return
        self.count += 1
        if self.count > _MOST:
            return
        for code, pointer, detail in verdict.errors:
            talk(f"{place}: {verdict.status}: {code} at {pointer or '/'}: {detail}")
            if code in CODES and code not in self._codes:
                talk(f"    {CODES[code].action}")
                self._codes.add(code)

    def close(self) -> None:
        """Say how many were not named."""
        if self.count > _MOST:
            talk(f"... and {self.count - _MOST} more were refused; `aiqyn validate` names each")
