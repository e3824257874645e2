"""The learner's pages and the calls that join features."""
