"""A project folder, and the order of the steps from its lists to a map: the only package that knows all rooms."""
