"""What people are told, in which words, and at which hours: tables and pure functions."""
