"""A Page as Markdown that GitHub shows: plain text without its signs, prose without HTML that would be stripped."""

import re
from collections.abc import Callable, Mapping
from textwrap import indent
from unicodedata import category
from urllib.parse import quote

from generator.pages.page import Page, ShownQuestion
from generator.pages.prose_html import FENCE, tidy
from generator.shipped import SHIPPED, Templates
from generator.templating import page_environment, render_page
from generator.text import Passage, Text, spelled

PARAGRAPH = "\n\n"
SIGNS = re.compile(r"[\\`*_\[\]|~$#&<>]")
ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")
HEADING = re.compile(r"^(#{1,6})(?=\s)")
ANCHOR = re.compile(r"\]\((#[^)\s]+)\)")
STRONG = re.compile(r"(?P<before>\w?)\*\*(?P<inner>\S(?:[^*\n]*\S)?)\*\*")


def escaped(text: str) -> str:
    """Plain text on one line, every sign of Markdown and HTML shown as itself."""
    return SIGNS.sub(lambda sign: _shown(sign[0]), " ".join(text.split()))


def _shown(sign: str) -> str:
    """One sign as Markdown shows it."""
    return ENTITIES.get(sign, f"\\{sign}")


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def prose(source: str, places: Mapping[str, str]) -> str:
    """A block of prose: raw HTML as text, headings below the question's, references to the headings' anchors."""
    lines = tidy(source).strip("\n").split("\n")
    shift = 3 - min((len(found.group(1)) for line in lines if (found := HEADING.match(line))), default=3)
    fenced, out = False, []
    for line in lines:
        fence = bool(FENCE.match(line))
        out.append(spelled(line) if fenced or fence else _line(line, shift, places))
        fenced ^= fence
    return "\n".join(out)


def one_line(source: str, places: Mapping[str, str]) -> str:
    """Prose for a caption or a cell of a table."""
    return re.sub(r"(?<!\\)\|", r"\\|", " ".join(prose(source, places).split()))


def _line(line: str, shift: int, places: Mapping[str, str]) -> str:
    """A line outside a block of code; in the text `<` begins a link or nothing."""

    def read(text: str) -> str:
        harmless = re.sub(r"<(?!https?://|mailto:)", "&lt;", text)
        told = _strengthened(ANCHOR.sub(lambda found: f"]({places.get(found[1], found[1])})", harmless))
        return spelled(told, _shown)

    return _outside_code(HEADING.sub(lambda found: "#" * min(6, len(found[1]) + shift), line), read)


def _outside_code(line: str, change: Callable[[str], str]) -> str:
    pieces, end = [], 0
    for code in CODE.finditer(line):
        pieces += [change(line[end : code.start()]), spelled(code.group(0))]
        end = code.end()
    return "".join((*pieces, change(line[end:])))


def _strengthened(text: str) -> str:
    """`**「嘴」**是` is no emphasis to CommonMark, for a mark stands inside and a letter outside."""

    def strong(found: re.Match[str]) -> str:
        before, inner = found.group("before"), found.group("inner")
        follows = text[found.end() : found.end() + 1]
        broken = (_mark(inner[-1]) and follows.isalnum()) or (_mark(inner[0]) and before.isalnum())
        return f"{before}<strong>{inner}</strong>" if broken else found.group(0)

    return STRONG.sub(strong, text)


def _mark(character: str) -> bool:
    return category(spelled(character))[0] in "PS"


def markdown(page: Page, language: str, templates: Templates = SHIPPED) -> str:
    """The report in one language as Markdown that GitHub shows, beside the folder figures/."""
    environment = page_environment(templates)
    places = _places(page, language)

    def plain(text: Text | str) -> str:
        return escaped(text[language] if isinstance(text, Text) else text)

    environment.filters |= {
        "kind": lambda value: type(value).__name__,
        "md": plain,
        "picture": lambda image: f"![{plain(image.alt)}](figures/{quote(image.name)})",
        "line": lambda passage: one_line(passage.source, places),
        "quoted": lambda passage: indent(prose(passage.source, places), "> ", lambda line: True),
        "prose": lambda passage, run_in: _block(passage, run_in, places),
        "place": lambda href: places.get(href, href),
        "heading": lambda question: _heading(question, page),
    }
    context = {"page": page, "lang": language, "words": page.words.by_language[language]}
    return re.sub(r"\n{3,}", "\n\n", render_page(environment, "report.md", context)).strip() + "\n"


def _places(page: Page, language: str) -> Mapping[str, str]:
    """GitHub's anchors by those of the page; a method's leads to the list of methods."""
    headings = {f"#{question.anchor}": _heading(question, page) for question in page.questions}
    headings |= {f"#{figure.anchor}": figure.label for figure in page.figures(language)}
    headings |= {f"#{section.anchor}": section.title for section in page.sections}
    headings |= {"#methods": page.words("page.methods"), "#foot": page.words("page.foot")}
    headings |= {f"#{card.anchor}": page.words("page.methods") for card in page.methods}
    return {anchor: "#" + slug(heading[language]) for anchor, heading in headings.items()}


def _heading(question: ShownQuestion, page: Page) -> Text:
    points = page.words.bracketed(question.points) if question.points else ""
    return page.words("question.number", n=question.number) + " " + question.title + points


def _block(passage: Passage, run_in: str, places: Mapping[str, str]) -> str:
    """A passage with the bold word that it begins with, in its first paragraph if it begins with one."""
    text = prose(passage.source, places)
    starts_paragraph = bool(text) and not re.match(r"[#>|`~\-+*\d\s]", text)
    return f"**{run_in}**{' ' if starts_paragraph else PARAGRAPH}{text}" if run_in else text
