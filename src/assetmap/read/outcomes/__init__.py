"""Tables about what a council wants to achieve: its priorities and outcomes, and the counts that groups give."""
