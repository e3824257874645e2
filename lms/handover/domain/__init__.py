"""The rules of packages: who is drawn, what is ordered, how things are written; pure."""
