"""Planted truth: one file a rule, with its hits and near misses."""
