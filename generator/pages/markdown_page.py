"""A Page as Markdown that GitHub shows: plain text without its signs, prose without HTML that would be stripped."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from textwrap import indent
from unicodedata import category
from urllib.parse import quote

from generator.pages.page import Page, Prose, Row, ShownQuestion
from generator.pages.prose_html import FENCE, tidy
from generator.shipped import TEMPLATES
from generator.templating import page_environment, render_page

PARAGRAPH = "\n\n"
SIGNS = re.compile(r"([\\`*_\[\]|~$#])")
CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")
HEADING = re.compile(r"^(#{1,6})(?=\s)")
ANCHOR = re.compile(r"\]\((#[^)\s]+)\)")
STRONG = re.compile(r"(?P<before>\w?)\*\*(?P<inner>\S(?:[^*\n]*\S)?)\*\*")


def escaped(text: str) -> str:
    """Plain text on one line, every sign of Markdown and HTML shown as itself."""
    shown = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return SIGNS.sub(r"\\\1", shown)


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def anchors(page: Page, headings: Mapping[str, str]) -> Mapping[str, str]:
    """Anchors of the page by the headings of its Markdown; a method's leads to the list of methods."""
    methods = {f"#{card.anchor}": "#" + slug(page.words("page.methods")) for card in page.methods}
    return {**methods, **{anchor: "#" + slug(heading) for anchor, heading in headings.items()}}


def prose(source: str, places: Mapping[str, str]) -> str:
    """A block of prose: raw HTML as text, headings below the question's, references to the headings' anchors."""
    lines = tidy(source).strip("\n").split("\n")
    shift = 3 - min((len(found.group(1)) for line in lines if (found := HEADING.match(line))), default=3)
    fenced, out = False, []
    for line in lines:
        fence = bool(FENCE.match(line))
        out.append(line if fenced or fence else _line(line, shift, places))
        fenced ^= fence
    return "\n".join(out)


def one_line(source: str, places: Mapping[str, str]) -> str:
    """Prose for a caption or a cell of a table."""
    return " ".join(prose(source, places).split()).replace("|", r"\|")


def _line(line: str, shift: int, places: Mapping[str, str]) -> str:
    line = HEADING.sub(lambda found: "#" * min(6, len(found.group(1)) + shift), line)
    return _outside_code(line, lambda text: _strengthened(ANCHOR.sub(lambda m: _place(m, places), _harmless(text))))


def _outside_code(line: str, change: Callable[[str], str]) -> str:
    pieces, end = [], 0
    for code in CODE.finditer(line):
        pieces += [change(line[end : code.start()]), code.group(0)]
        end = code.end()
    return "".join((*pieces, change(line[end:])))


def _harmless(text: str) -> str:
    """`<` begins a link or nothing."""
    return re.sub(r"<(?!https?://|mailto:)", "&lt;", text)


def _place(found: re.Match[str], places: Mapping[str, str]) -> str:
    return f"]({places.get(found.group(1), found.group(1))})"


def _strengthened(text: str) -> str:
    """`**「嘴」**是` is no emphasis to CommonMark, for a mark stands inside and a letter outside."""

    def strong(found: re.Match[str]) -> str:
        before, inner = found.group("before"), found.group("inner")
        follows = text[found.end() : found.end() + 1]
        broken = (_mark(inner[-1]) and follows.isalnum()) or (_mark(inner[0]) and before.isalnum())
        return f"{before}<strong>{inner}</strong>" if broken else found.group(0)

    return STRONG.sub(strong, text)


def _mark(character: str) -> bool:
    return category(character)[0] in "PS"


def markdown(page: Page, folders: Sequence[Path] = (TEMPLATES,)) -> str:
    """The report as Markdown that GitHub shows, beside the folder figures/."""
    environment = page_environment(folders)
    places = anchors(page, _headings(page))
    environment.filters |= {
        "kind": lambda value: type(value).__name__,
        "md": escaped,
        "picture": lambda image: f"![{escaped(image.alt)}](figures/{quote(image.name)})",
        "said": _row_words,
        "noted": lambda rows: any(row.note or row.remark for row in rows.rows),
        "note": lambda row: " ".join(
            filter(None, (escaped(row.remark), row.note and one_line(row.note.source, places)))
        ),
        "line": lambda said: one_line(said.source, places),
        "quoted": lambda said: indent(prose(said.source, places), "> ", lambda line: True),
        "prose": lambda said, run_in: _markdown_block(said, run_in, places),
        "place": lambda href: places.get(href, href),
        "heading": _heading,
    }
    text = render_page(environment, "report.md", {"page": page, "words": page.words})
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _headings(page: Page) -> Mapping[str, str]:
    """The headings of the Markdown by the anchor that the page has for them."""
    questions = {f"#{question.anchor}": _heading(question, page) for question in page.questions}
    figures = {f"#{figure.anchor}": figure.label for figure in page.figures}
    sections = {f"#{section.anchor}": section.title for section in page.sections}
    own = {"#methods": page.words("page.methods"), "#foot": page.words("page.foot")}
    return {**questions, **figures, **sections, **own}


def _heading(question: ShownQuestion, page: Page) -> str:
    number = page.words("question.number", n=question.number)
    points = page.words.bracketed(question.points) if question.points else ""
    return f"{number} {question.title}{points}"


def _row_words(row: Row, page: Page) -> str:
    """What stands beside the label of a row: probability, another prediction, what the row's numbers say."""
    words = page.words
    said = [words("figure.probability", percent=row.probability)]
    if row.prediction:
        said.append(words("figure.predicted_with", prediction=row.prediction, percent=row.prediction_probability))
    if row.target:
        said.append(words("figure.target", target=row.target))
    said += [f"{detail.label} {detail.value}" for detail in row.details]
    return " · ".join(map(escaped, said))


def _markdown_block(said: Prose, run_in: str, places: Mapping[str, str]) -> str:
    text = prose(said.source, places)
    starts_paragraph = bool(text) and not re.match(r"[#>|`~\-+*\d\s]", text)
    return f"**{run_in}**{' ' if starts_paragraph else PARAGRAPH}{text}" if run_in else text
