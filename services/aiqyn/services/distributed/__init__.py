"""The engine shared among processes: intake from Kafka into the ledger, and detection by parts of the cases."""
