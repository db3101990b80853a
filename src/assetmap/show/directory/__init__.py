"""A public directory: a page for residents, and the same entries as open data."""
