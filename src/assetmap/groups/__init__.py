"""Groups: how many community groups exist that no register shows, and how certain that is."""
