"""Results into pages, and pages into HTML and Markdown: every decision of the templates."""
