"""Completion lists and exports."""
