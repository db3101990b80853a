"""Word files from outside."""
