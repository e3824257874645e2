"""The learner's pages and calls that join features."""
