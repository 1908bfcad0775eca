"""Refused records: looking at them, and feeding them again."""
