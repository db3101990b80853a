"""Readers of what people say about areas, and of grants."""
