"""What badges ask of the world outside: keys, vocabularies, and the files that carry them."""
