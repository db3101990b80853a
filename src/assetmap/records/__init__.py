"""Records that travel between rooms; they can be imported from `assetmap.schema` too."""
