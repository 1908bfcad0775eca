"""The rules, one file each, found by folder. Adding a file adds a rule."""
