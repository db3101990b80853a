"""A list written back into its own file: only the changed cells and one column more."""
