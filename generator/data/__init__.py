"""Images, labels and evaluations from files, and what is done to pixels before a model sees them."""
