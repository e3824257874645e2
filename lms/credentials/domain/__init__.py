"""Pure rules of badges: what one says, what its file is worth, numbers people can read aloud."""
