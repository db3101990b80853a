"""Download official files into a project's inputs folder; nothing else in assetmap opens a connection."""
