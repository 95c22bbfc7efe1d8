"""report.yaml: read with its lines, checked as a whole, filled in."""
