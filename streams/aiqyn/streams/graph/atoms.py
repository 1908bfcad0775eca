"""Atoms: the names of source records and identifiers, as small integers."""

from __future__ import annotations


class Atoms:
    """Interns atoms (`SCHEME:ID`, `REC:...`) as integers from 0, in order of first sight."""

    __slots__ = ("_numbers", "names")

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self.names: list[str] = []

    def __len__(self) -> int:
        return len(self.names)

    def number(self, name: str) -> int:
        """The atom's number; a new one for a new name."""
        number = self._numbers.get(name)
        if number is None:
            number = len(self.names)
            self._numbers[name] = number
            self.names.append(name)
        return number

    def find(self, name: str) -> int | None:
        """The atom's number, None for a name never seen."""
        return self._numbers.get(name)
