"""Kafka as seen from the services: topics, client settings, publishing, dead letters, the relay of alerts."""
