"""Roles and the scopes that each gives (interfaces, section 4)."""

from __future__ import annotations

from collections.abc import Iterable

SCOPES = ("publish", "read", "export", "subscribe", "review", "reveal", "approve", "protect", "administer")

ROLES: dict[str, frozenset[str]] = {
    "publisher": frozenset({"publish"}),
    "analyst": frozenset({"read", "export", "subscribe"}),
    "auditor": frozenset({"read", "export", "subscribe", "review", "reveal"}),
    "supervisor": frozenset({"read", "export", "subscribe", "review", "reveal", "approve"}),
    "dpo": frozenset({"read", "protect"}),
    "admin": frozenset({"administer"}),
}


def scopes_of(roles: Iterable[str]) -> frozenset[str]:
    """What these roles together may do."""
    found: frozenset[str] = frozenset()
    return found.union(*(ROLES[role] for role in roles))


def fault(roles: Iterable[str]) -> str | None:
    """Why somebody cannot have these roles; None: they can."""
    wanted = list(roles)
    unknown = [role for role in wanted if role not in ROLES]
    if unknown:
        return f"there is no role {unknown[0]!r}; there are {', '.join(ROLES)}"
    if not wanted:
        return f"at least one role is wanted: {', '.join(ROLES)}"
    if "admin" in wanted and len(set(wanted)) > 1:
        return "an admin sees no case content and has no other role beside"
    return None
