"""Packages for supervisors: learners with all the evidence, checked anywhere without the site."""
