"""Pages for groups: the form on which a group counts what it did in a month."""
