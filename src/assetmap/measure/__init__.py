"""Turn tables into numbers: estimates, access, gaps, devolution. Opens and writes no file."""
