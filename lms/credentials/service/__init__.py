"""Writes badges: keys, issuing, status lists, requests about badges, and the judgement of files."""
