"""What orders cost and where they stand: pure rules over what became known."""
