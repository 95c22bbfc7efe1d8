"""How fast the report is, against the libraries it builds on and its nearest relative."""
