"""How a report looks from outside: the card beside a link to it, and the map that search engines read."""

from collections.abc import Callable, Iterator, Mapping
from html import escape

from generator.pages.blocks import Image, PictureGrid, PictureRows, Sheet
from generator.pages.page import Page

MOST = 5  # pictures on a card
Draw = Callable[[str, str, str, list[bytes]], bytes]


def card(page: Page, language: str, pictures: Mapping[str, bytes], draw: Draw) -> bytes:
    """What `draw` makes of the title and pictures (by their path) of the first figure that has several of a kind."""
    colon = page.words("punctuation.colon")
    author = " · ".join((piece.label + colon + piece.value)[language] for piece in page.author)
    chosen = next(filter(None, _pictures(page, language)), [])[:MOST]
    data = (pictures.get(f"figures/{image.name}", b"") for image in chosen)
    return draw(page.title[language], author, page.description[language], list(filter(None, data)))


def _pictures(page: Page, language: str) -> Iterator[list[Image]]:
    """Of each figure with rows their last pictures, then of those with a grid all, then charts."""
    bodies = [body for figure in page.figures(language) for body in figure.bodies]
    yield from ([row.images[-1] for row in body.rows if row.images] for body in bodies if isinstance(body, PictureRows))
    yield from ([one for cell in body.cells for one in cell.images] for body in bodies if isinstance(body, PictureGrid))
    yield from ([body.images[language]] for body in bodies if isinstance(body, Sheet))


def sitemap(page: Page) -> str:
    """Every page of a site whose address is known, with what it is in other languages."""
    places = [(link.language, escape(page.address + link.href.removesuffix("index.html"))) for link in page.switch]
    links = (f'<xhtml:link rel="alternate" hreflang="{language}" href="{at}"/>' for language, at in places if language)
    others = "".join(f"\n    {link}" for link in links)
    entries = (f"  <url>\n    <loc>{at}</loc>{others if language else ''}\n  </url>\n" for language, at in places)
    spaces = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {spaces}>\n{"".join(entries)}</urlset>\n'
