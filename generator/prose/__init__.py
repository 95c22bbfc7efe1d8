"""What the prose of a report may quote: numbers of its figures, of its data, and the evidence beside them."""
