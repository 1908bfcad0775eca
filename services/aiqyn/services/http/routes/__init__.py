"""One file a resource, each with its `router`; found by folder."""
