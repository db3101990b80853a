"""What a council wants to achieve, and how a project knows of it: priorities, prevention, counts by groups, break-even."""
