"""The audit log: a Merkle log (RFC 6962) of alert revisions and of everything that people do."""
