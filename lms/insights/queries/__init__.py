"""Reads what is to be counted, and the rolled-up figures pages show."""
