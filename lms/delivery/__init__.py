"""Files that are made by a job and handed out once: ordered, approved, made, taken, cleared."""
