"""Lists other offices send: read as text, within limits, with nothing calculated."""
