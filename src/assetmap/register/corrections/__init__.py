"""What could be corrected in lists, for a person to accept."""
