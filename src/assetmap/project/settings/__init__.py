"""The settings of a project: its tables, reading them, and what is wrong with them."""
