"""Lets go of what must not be kept any longer."""
