"""Counts what changed, proves the figures by a recount, and takes budgets."""
