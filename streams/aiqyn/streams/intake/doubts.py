"""Doubts about one event's data, collected while it is normalised."""

from __future__ import annotations

from typing import Final

from aiqyn.schemas.errors import Problem

MOST: Final = 100
"""Most issues that one event keeps; how many more there are is said."""


class Doubts:
    """The quality issues of one event, and what its dates are compared with."""

    __slots__ = ("issues", "today")

    def __init__(self, time: str, issues: list[Problem] | None = None) -> None:
        self.today = time[:10]
        """Day of the event's own time, as written."""
        self.issues: list[Problem] = [] if issues is None else issues

    def add(self, code: str, pointer: str, detail: str) -> None:
        self.issues.append(Problem(code, pointer, detail))

    def day(self, date: str, pointer: str) -> None:
        """Doubt a date that is later than the event's own day; text compares as the days do."""
        if date[:10] > self.today:
            self.add("quality.dateFuture", pointer, f"{date[:10]} is after the event's time, {self.today}")

    def span(self, start: str, end: str, at: str, starts: str = "startDate", ends: str = "endDate") -> None:
        """As `day` for both bounds, and doubt an end that lies before its start in every reading."""
        if start and start[:10] > self.today:
            self.day(start, f"{at}/{starts}")
        if end:
            if end[:10] > self.today:
                self.day(end, f"{at}/{ends}")
            if start:
                shared = min(len(start), len(end), 10)
                if end[:shared] < start[:shared]:
                    self.add("quality.endBeforeStart", f"{at}/{ends}", f"{end[:10]} is before {start[:10]}")

    def listed(self) -> tuple[Problem, ...]:
        """The issues, at most `MOST`; a last one counts the others."""
        issues = self.issues
        if len(issues) <= MOST:
            return tuple(issues)
        more = Problem("quality.more", "", f"{len(issues) - MOST} more issues in this event")
        return (*issues[:MOST], more)
