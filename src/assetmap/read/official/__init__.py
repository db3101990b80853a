"""Files that offices publish: need, population, lookups, postcodes, place names."""
