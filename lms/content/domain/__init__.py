"""What a course folder may hold: read from bytes, checked with file and line, written again."""
