"""Lists: spreadsheets come in, every row is judged, and what is wrong is fixed in place."""
