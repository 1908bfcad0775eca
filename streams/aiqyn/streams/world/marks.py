"""Marks of atoms: why a person or company matters wherever it is met."""

from __future__ import annotations

POST, KIN, SEAT, DECLARATION, LISTED = 1, 2, 4, 8, 16
"""Marks: of a person of interest the first four; of a debarred person or company the last."""
