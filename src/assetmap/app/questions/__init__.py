"""The questions of a project, a page each: a short form, and below it the answer in words, a table and a picture."""
