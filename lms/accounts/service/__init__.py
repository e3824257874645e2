"""What changes people, their proofs and their roles."""
