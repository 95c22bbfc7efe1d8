"""Every mistake that one can make, as a small case; what is said of it is `docs/mistakes.md`."""
