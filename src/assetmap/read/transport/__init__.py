"""Timetables and roads: outside files about how people travel, read into checked records."""
