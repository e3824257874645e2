"""What the operator does from a shell: migrate, run the worker."""
