"""Append-only, hash-chained record of what someone decided, granted, changed or exported."""
