"""The file of a learner: one person's whole study, for page, paper and calls."""
