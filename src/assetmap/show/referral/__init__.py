"""A page for a person to take home: where to go, when, what it costs, and whom to ask."""
