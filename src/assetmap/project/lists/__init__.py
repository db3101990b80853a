"""Files of lists straight to an answer, with or without a project."""
