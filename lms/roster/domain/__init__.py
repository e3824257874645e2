"""The rules of lists: filters, lines, columns and orders."""
