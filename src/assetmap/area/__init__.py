"""Any place in England: which small areas it has, its official files fetched and cut out, many places in one run."""
