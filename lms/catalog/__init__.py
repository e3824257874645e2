"""What there is to learn: institutions, programmes, courses and their published revisions."""
