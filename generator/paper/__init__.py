"""Pages into a PDF, set by Typst."""
