"""Data that systems of a county fetch with a token: who may, what they get, what was fetched."""
