"""The store: ledger, facts, quarantine and alerts in one SQL database."""
