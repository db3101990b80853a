"""The pages and the evidence pack of a devolution review."""
