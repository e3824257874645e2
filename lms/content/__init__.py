"""Course folders to and from the database."""
