"""Words that guard a place: read in any disguise (`text`), looked up (`table`, `parts`, `ordinary`), judged in one text (`words`) and in a row (`together`)."""
