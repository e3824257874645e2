"""Demo people and history; development only."""
