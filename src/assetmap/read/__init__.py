"""Open outside files and return checked tables."""
