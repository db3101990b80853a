"""Projects for any place in England, made out of official files."""
