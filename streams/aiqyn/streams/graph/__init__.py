"""The company-official graph: append-only typed arrays, seen as a NetworkX graph."""
