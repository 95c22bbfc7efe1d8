"""The DOCX: the values of the PDF's document in plain HTML, which Pandoc sets in the styles of reference.docx.

Pandoc makes paragraphs, equations, notes and tables; what it has no words for is put into its file by `word_parts`.
"""

import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from html import unescape
from itertools import count
from urllib.parse import unquote

from generator.drawing.png import as_png
from generator.errors import ComputationError, InputError
from generator.foreign import contents
from generator.pages.markdown_reader import CONTROL
from generator.pages.page import Page
from generator.pandoc import pandoc
from generator.paper.document import document
from generator.paper.text_nodes import Tongues
from generator.paper.word_parts import finished, shade
from generator.paper.word_prose import prose, without_source
from generator.shipped import Templates
from generator.templating import Markup, page_environment, render_page

LAYOUT, STYLES = "report.docx.html", "reference.docx"
SOURCE = re.compile(r'(<img [^>]*?src=")([^"]*)"')
ARGUMENTS = ["--from", "html", "--to", "docx", "--output", "-", "--syntax-highlighting", "haddock", "--reference-doc"]
KINDS = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpeg", b"GIF8": "gif"}


def docx(page: Page, languages: Sequence[str], pictures: Mapping[str, bytes], templates: Templates) -> bytes:
    """The report in one language, or in several with each figure once; `pictures` are files of the site by their path.

    Raises ComputationError where Pandoc cannot set it.
    """
    content = document(page, languages, partial(Tongues, printed=partial(CONTROL.sub, ""), set_prose=_prose()))
    environment, cells = page_environment(templates), count(1)
    environment.filters["led"] = _led
    context = {
        "d": content,
        "leftward": all(page.words.by_language[language].leftward for language in languages),
        "shaded": lambda percent: f"shade-{next(cells)}-{shade(percent)}",
    }
    text = render_page(environment, LAYOUT, context)
    made = _set(SOURCE.sub(lambda found: f'{found[1]}{_address(found[2], pictures)}"', text), templates)
    return finished(made, content)


def _prose() -> Callable[[str, int], Markup]:
    """Markdown as HTML; the headings of each text are places of their own."""
    texts = count(1)
    return lambda source, level: Markup(prose(source, level, f"p{next(texts)}"))


def _led(text: Markup, lead: Markup) -> Markup:
    """The text with words that lead in its first paragraph, before it where it begins with something else."""
    led = str(text).replace("<p>", f"<p>{lead} ", 1) if text.startswith("<p>") else f"<p>{lead}</p>{text}"
    return Markup(led)


def _address(path: str, pictures: Mapping[str, bytes]) -> str:
    """A picture of the site as an address that holds it, in a format that Word knows."""
    data = pictures[unquote(unescape(path))]
    kind = next((kind for start, kind in KINDS.items() if data.startswith(start)), "")
    return f"data:image/{kind or 'png'};base64,{b64encode(data if kind else as_png(data)).decode()}"


def _set(text: str, templates: Templates) -> bytes:
    """What Pandoc makes of the HTML."""
    found = next(folder / STYLES for folder in templates.folders if (folder / STYLES).is_file())
    try:
        styles = {STYLES: contents(found, InputError)}
        with suppress(InputError):  # of a formula in words that Pandoc has not
            return pandoc(text.encode(), *ARGUMENTS, STYLES, "--fail-if-warnings", files=styles)
        return pandoc(without_source(text).encode(), *ARGUMENTS, STYLES, files=styles)
    except InputError as error:
        raise ComputationError(f"the DOCX could not be set: {error}") from error
