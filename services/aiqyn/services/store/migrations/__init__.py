"""Alembic migrations of the store's tables, run by `upgrade.py` alone."""
