"""From a loaded report to files: what to compute, what to remember, where to write."""
