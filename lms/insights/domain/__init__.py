"""The rules of figures: what is counted where, months, shares and what the public may see."""
