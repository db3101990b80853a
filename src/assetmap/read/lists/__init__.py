"""Lists of groups and places, in whatever shape their owners keep them."""
