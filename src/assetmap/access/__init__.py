"""Access: what it costs to get from where people live to what they need, and what lies within reach."""
