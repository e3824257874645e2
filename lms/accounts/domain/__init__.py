"""The rules about people: numbers, names, proofs, devices, privileges; pure functions."""
