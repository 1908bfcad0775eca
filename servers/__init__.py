"""Real servers for tests and development: Kafka, PostgreSQL, a proxy that spoils connections. Not shipped."""
