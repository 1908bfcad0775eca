"""Sending the records of files somewhere, and what became of each."""
