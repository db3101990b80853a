"""Pictures without a browser: maps on paper sizes, and what all charts share."""
