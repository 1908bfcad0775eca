"""Does an event pass the official schema of its standard: OCDS 1.1, BODS 0.2, 0.3 or 0.4.

The rules of each standard are restated here in a notation of our own (`notation`), one table a
standard; tests hold every table against the official schema files.
"""
