"""Report, results, drawings and language into a Page: every decision of the templates is taken here.

What a page consists of stands in generator/page.py; the renderers import it from there.
"""

FIGURE_MARKER = "[[figure:{id}]]"  # what `{{ figure('lime') }}` leaves in rendered prose, a paragraph of its own
REFERENCE = "[{label}](#fig-{id})"  # what `{{ fig('lime') }}` leaves
