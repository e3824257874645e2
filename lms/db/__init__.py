"""The database: mapped base, transactions, the event bus and migrations."""
