"""Texts and prose for the PDF, in every language that says them, as nodes that the Typst template walks.

A text is a list of `[language, text]`: one entry where all say the same, none where nobody says anything. A block of
prose is `{"b": kind, …}`, an inline `{"i": kind, …}` or a plain string; strings reach Typst as values, so that nothing
in them is ever taken for markup.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

from generator.drawing.fonts import with_stand_ins
from generator.pages.prose_html import HEADINGS, tree
from generator.paper.equations import Node, formula
from generator.text import Prose, Text
from generator.words import Interface

Inline = str | Node

LONG, PIECE = 30, 10  # a word of LONG characters may be broken at its signs, and every PIECE characters
UNBROKEN = re.compile(rf"[!-~]{{{LONG},}}")
BREAK = "\u200b"
OPENERS, ISOLATES = "\u202a\u202b\u202d\u202e", "\u2066\u2067\u2068"
CLOSER, ISOLATE_END = "\u202c", "\u2069"


def blocks(root: Element, level: int = 2) -> list[Node]:
    """The blocks of a `<div>`; its highest headings get `level`, and no level is skipped."""
    used = sorted({element.tag for element in root.iter() if element.tag in HEADINGS})
    return list(_blocks(root, _Levels(used, level)))


class _Levels:
    """Heading levels in the order of the text: one deeper than the one before at most."""

    def __init__(self, used: list[str], first: int) -> None:
        self.used, self.first, self.last = used, first, first - 1

    def of(self, tag: str) -> int:
        self.last = min(self.first + self.used.index(tag), self.last + 1)
        return self.last


def _blocks(parent: Element, levels: _Levels) -> Iterator[Node]:
    """The blocks of an element; text between them is a paragraph of its own."""
    loose: list[Inline] = list(_text(parent.text))
    for child in parent:
        if child.tag in INLINE:
            loose.extend(_inline(child))
        else:
            yield from _paragraph(loose)
            loose = []
            yield from _blocks(child, levels) if child.tag in ("p", "div") else [_block(child, levels)]
        loose.extend(_text(child.tail))
    yield from _paragraph(loose)


def _paragraph(inlines: list[Inline]) -> Iterator[Node]:
    """A paragraph, cut where a formula stands on a line of its own; nothing where there is only space."""
    piece: list[Inline] = []
    for inline in [*inlines, None]:
        display = isinstance(inline, dict) and inline.get("block")
        if inline is not None and not display:
            piece.append(inline)
            continue
        if any(not isinstance(part, str) or part.strip() for part in piece):
            yield {"b": "p", "c": piece}
        if isinstance(inline, dict):
            yield {"b": "formula", "c": inline}
        piece = []


def _block(element: Element, levels: _Levels) -> Node:
    if element.tag in HEADINGS:
        return {"b": "heading", "level": levels.of(element.tag), "c": inlines(element)}
    if element.tag in ("ul", "ol"):
        items = [list(_blocks(item, levels)) for item in element]
        return {"b": element.tag, "start": int(element.get("start", 1)), "items": items}
    if element.tag == "pre":
        return {"b": "pre", "text": breakable("".join(element.itertext()).rstrip("\n"))}
    if element.tag == "table":
        rows = [[{"align": cell.get("class", ""), "c": inlines(cell)} for cell in row] for row in element.iter("tr")]
        return {"b": "table", "columns": max(map(len, rows)), "head": rows[0], "rows": rows[1:]}
    return {"b": "hr" if element.tag == "hr" else "quote", "c": list(_blocks(element, levels))}


def inlines(parent: Element) -> list[Inline]:
    """Everything within an element; blocks within are run together."""
    return [*_text(parent.text), *(inline for child in parent for inline in (*_inline(child), *_text(child.tail)))]


def _text(text: str | None) -> Iterable[str]:
    return [breakable(spaced(text))] if text else []


def _inline(element: Element) -> list[Inline]:
    if element.tag == "math":
        return [formula(element)]
    if element.tag == "br":
        return [{"i": "br"}]
    if element.tag == "code":
        return [{"i": "code", "text": breakable(" ".join("".join(element.itertext()).split()))}]
    if element.tag == "img":
        return [breakable(element.get("alt", ""))]
    if element.tag == "a" and element.get("href"):
        return [{"i": "a", "href": element.get("href"), "c": inlines(element)}]
    return [{"i": element.tag, "c": inlines(element)}] if element.tag in ("em", "strong") else inlines(element)


INLINE = frozenset({"em", "strong", "code", "a", "br", "img", "math", "span"})


def spaced(text: str) -> str:
    """Line breaks and runs of spaces as one space, as in HTML; a space that holds words together stays."""
    return re.sub(r"[ \t\n\r\f\v]+", " ", text)


def breakable(text: str) -> str:
    """The text as it can be printed, with places where a long word may be broken, its changes of direction ended."""
    return _closed(UNBROKEN.sub(_broken, with_stand_ins(text)))


def _broken(word: re.Match[Any]) -> str:
    """After a sign that ends a part of a name or address, else every PIECE characters."""
    parts = re.sub(r"(?<=[_/\\.,:;=&?-])(?=[\w])", BREAK, word.group()).split(BREAK)
    return BREAK.join(part[k : k + PIECE] for part in parts for k in range(0, len(part), PIECE))


def _closed(text: str) -> str:
    """Marks that turn the direction of writing end with their text, and nothing beside it takes part."""
    overrides = sum(map(text.count, OPENERS)) - text.count(CLOSER)
    isolates = sum(map(text.count, ISOLATES)) - text.count(ISOLATE_END)
    if not set(text) & {*OPENERS, *ISOLATES, CLOSER, ISOLATE_END}:
        return text
    return ISOLATES[-1] + text + ISOLATE_END * max(isolates, 0) + CLOSER * max(overrides, 0) + ISOLATE_END


Said = list[list[str]]


@dataclass(frozen=True)
class Tongues:
    """The languages of a document with the words of its report, in its order."""

    languages: tuple[str, ...]
    words: Interface

    def word(self, key: str, **values: object) -> Said:
        """A word of the interface in every language."""
        return self.say(self.words(key, **values))

    def say(self, text: Text) -> Said:
        """A plain text in every language that says it otherwise."""
        different = {said: language for language in reversed(self.languages) if (said := text[language])}
        return [[language, breakable(spaced(said).strip())] for said, language in reversed(different.items())]

    def prose(self, prose: Prose, level: int = 2) -> list[Node]:
        """Markdown in every language; a stand-in of another language is said once."""
        passages = [passage for language in self.languages if (passage := prose[language])]
        different = {passage.source: passage.language for passage in passages if passage.source.strip()}
        return [{"lang": lang, "blocks": blocks(tree(source), level)} for source, lang in different.items()]

    def one_line(self, text: Text) -> str:
        """A text in every language where only one string is possible: metadata, alternative texts."""
        said = [text[language] for language in self.languages]
        return " / ".join(dict.fromkeys(" ".join(one.split()) for one in said if one.strip()))
