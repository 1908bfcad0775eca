"""Metrics of the server (interfaces, section 10)."""

from __future__ import annotations

from aiqyn.services.metrics import REQUESTS

__all__ = ["REQUESTS"]
