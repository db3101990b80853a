"""A register that changes row by row, lists replaced by newer editions, and what differs between two registers."""
