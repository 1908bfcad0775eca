"""Real servers for tests and development: Apache Kafka, PostgreSQL, and a proxy that spoils connections. Not shipped."""
