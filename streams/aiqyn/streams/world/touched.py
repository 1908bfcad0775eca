"""What one fact touched: where allocations may have to be judged again."""

from __future__ import annotations


class Touched:
    """Atoms and cases near a change. `Reach` turns them into the cases to judge again."""

    __slots__ = ("bodies", "cases", "companies", "declarants", "identity", "issues", "persons")

    def __init__(self, identity: set[int] | None = None) -> None:
        self.companies: set[int] = set()
        """Whose owners, roles or register facts changed."""
        self.persons: set[int] = set()
        """Whose posts, ties, declarations or records changed."""
        self.declarants: set[int] = set()
        """Whose declarations or death changed: the processes in which they are named."""
        self.bodies: set[int] = set()
        """Whose parents or register facts as a body changed."""
        self.cases: set[str] = set()
        """Processes and allocations whose own state changed."""
        self.identity: set[int] = set() if identity is None else identity
        """Whose cluster changed."""
        self.issues: list[tuple[str, str, str]] = []
        """Quality issues of the fact: code, pointer, detail."""
