"""Measures the site against bare programs that do the same on the same machine, in one run."""
