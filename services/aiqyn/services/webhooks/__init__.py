"""Webhooks: alert revisions pushed to those who subscribed (interfaces, section 9; Standard Webhooks 1.0)."""
