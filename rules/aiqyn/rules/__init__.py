"""What is suspicious: rules, one file each, over a read-only view of the graph."""
