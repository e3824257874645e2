"""What every page and call shares: access, errors, language, limits, headers."""
