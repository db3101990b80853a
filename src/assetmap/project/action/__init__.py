"""Steps of a project about social action: conditions and grants."""
