"""What a person needs to know of a group or place before going there: days, cost, steps, booking, and who to ask."""
