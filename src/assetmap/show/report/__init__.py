"""The report: one accessible page without script."""
