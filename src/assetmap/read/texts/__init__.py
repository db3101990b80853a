"""The letters of a table: how they are written, what of them is read, and how its rows go to the parent."""
