"""Turn many messy lists into one register, with every row accounted for."""
