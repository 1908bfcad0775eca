"""What about natural persons is public, and one way to mask the rest, for every output."""
