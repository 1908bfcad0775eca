"""What one fact touched: where allocations may have to be judged again."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Touched:
    """Atoms and cases near a change. `Reach` turns them into the cases to judge again."""

    companies: set[int] = field(default_factory=set)
    """Whose owners, roles or register facts changed."""
    persons: set[int] = field(default_factory=set)
    """Whose posts, ties, declarations or records changed."""
    declarants: set[int] = field(default_factory=set)
    """Whose declarations or death changed: the processes in which they are named."""
    bodies: set[int] = field(default_factory=set)
    """Whose parents or register facts as a body changed."""
    cases: set[str] = field(default_factory=set)
    """Processes and allocations whose own state changed."""
    identity: set[int] = field(default_factory=set)
    """Whose cluster changed."""
    issues: list[tuple[str, str, str]] = field(default_factory=list)
    """Quality issues of the fact: code, pointer, detail."""
