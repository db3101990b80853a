"""A register that changes row by row, and lists that are replaced by newer editions."""
