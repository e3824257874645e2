"""Reads questions and attempts: rows for the service, and what learners may see."""
