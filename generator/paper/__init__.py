"""Pages into a PDF, set by Typst, and into a DOCX, set by Pandoc."""
