"""Markdown as GitHub reads it: plain text without its signs, prose of a spec without HTML that would be stripped."""

import re
from collections.abc import Callable, Mapping
from unicodedata import category

from generator.pages.page import Page
from generator.pages.prose_html import FENCE, tidy

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
