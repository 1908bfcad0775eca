"""Typed readers of our own event types, one file a type (design, section 5)."""
