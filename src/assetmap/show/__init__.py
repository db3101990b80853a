"""Turn numbers into a map, a report, tables and pictures."""
