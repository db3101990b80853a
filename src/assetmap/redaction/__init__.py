"""What is taken out of a text that the public may read: contacts (`contacts`), persons (`persons`), and where a guarded place is (`whereabouts`)."""
