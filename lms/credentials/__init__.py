"""Badges: Open Badges 3.0 for completed courses, their status, keys and verification."""
