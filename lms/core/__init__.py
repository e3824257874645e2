"""Words every feature speaks: errors, access, the clock and identifiers; standard library only."""
