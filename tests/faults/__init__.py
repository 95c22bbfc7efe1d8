"""The campaigns of `benchmarks/faults` in their short form: a few cases of each, and not one fault."""
