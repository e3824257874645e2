"""Writes badges: keys, issuing, status lists, revocation, and the judgement of files."""
