"""Gaps: where need is high and access is low, and how robust that is."""
