"""The administrators' and supervisors' pages."""
