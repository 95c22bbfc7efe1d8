"""Texts and prose for the PDF, in every language that says them, as nodes that the Typst template walks.

A text is a list of `[language, text]`: one entry where all say the same, none where nobody says anything. A block of
prose is `{"b": kind, …}`, an inline `{"i": kind, …}` or a plain string; strings reach Typst as values, so that nothing
in them is ever taken for markup.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any
from xml.etree.ElementTree import Element
from zlib import crc32

from generator.drawing.fonts import with_stand_ins
from generator.languages import numeral
from generator.pages.markdown_reader import CONTROL
from generator.pages.prose_html import HEADINGS, tree
from generator.paper.equations import Node, formula
from generator.text import TURNING, Prose, Text, isolated
from generator.words import Interface

Inline = str | Node

LONG, PIECE = 30, 10  # a word of LONG characters may be broken at its signs, and every PIECE characters
UNBROKEN = re.compile(rf"[!-~]{{{LONG},}}")
BREAK = "\u200b"
NOTE = "note"  # a footnote, where it is referred to; without words where it was before
MARK = "\ufeff"  # of a file's byte order, pasted along: no PDF may hold it


def blocks(root: Element, level: int = 2) -> list[Node]:
    """The blocks of a `<div>`; its highest headings get `level`, none is skipped; one without words is none."""
    _gather_notes(root)
    headings = [one for one in root.iter() if one.tag in HEADINGS and "".join(one.itertext()).strip()]
    used, levels, last = sorted({element.tag for element in headings}), {}, level - 1
    for element in headings:
        last = levels[element] = min(level + used.index(element.tag), last + 1)
    return list(_blocks(root, levels))


def _gather_notes(root: Element) -> None:
    """Each footnote to where it is referred to first, as paper has them; other places repeat its mark."""
    notes = next((one for one in root if one.tag == "section"), None)
    if notes is None:
        return
    root.remove(notes)
    items = {f"#{item.get('id')}": item for item in notes.iter("li") if item.get("id")}
    said = f"{crc32(' '.join(root.itertext()).encode()):x}"
    for mark in [one for one in root.iter("sup") if len(one)]:
        place = mark[0].get("href", "")
        mark.tag, mark.attrib = NOTE, {"place": f"{said}-{place[1:]}"}
        mark[:] = list(items.pop(place, ()))
        for parent in list(mark.iter()):
            parent[:] = [child for child in parent if child.get("role") != "doc-backlink"]


def _blocks(parent: Element, levels: Mapping[Element, int]) -> Iterator[Node]:
    """The blocks of an element; text between them is a paragraph of its own."""
    loose: list[Inline] = list(_text(parent.text))
    for child in parent:
        if child.tag in INLINE:
            loose.extend(_inline(child))
        else:
            yield from _paragraph(loose)
            loose = []
            plain = child.tag in ("p", "div") or (child.tag in HEADINGS and child not in levels)
            yield from _blocks(child, levels) if plain else [_block(child, levels)]
        loose.extend(_text(child.tail))
    yield from _paragraph(loose)


def _paragraph(inlines: list[Inline]) -> Iterator[Node]:
    """A paragraph, cut where a formula or a picture stands on a line of its own; nothing where there is only space."""
    piece: list[Inline] = []
    for inline in [*inlines, None]:
        display = isinstance(inline, dict) and inline.get("block")
        if inline is not None and not display:
            piece.append(inline)
            continue
        if any(not isinstance(part, str) or part.strip() for part in piece):
            yield {"b": "p", "c": piece}
        if isinstance(inline, dict):
            yield {"b": "picture" if inline["i"] == "img" else "formula", "c": inline}
        piece = []


def _block(element: Element, levels: Mapping[Element, int]) -> Node:
    if element in levels:
        return {"b": "heading", "level": levels[element], "c": inlines(element)}
    if element.tag in ("ul", "ol"):
        items = [list(_blocks(item, levels)) for item in element]
        return {"b": element.tag, "start": int(element.get("start", 1)), "items": items}
    if element.tag == "dl":
        return {"b": "dl", "items": [{"term": one.tag == "dt", "c": list(_blocks(one, levels))} for one in element]}
    if element.tag == "pre":
        language = element[0].get("class", "").removeprefix("language-") if len(element) else ""
        return {"b": "pre", "text": breakable("".join(element.itertext()).rstrip("\n")), "of": language}
    if element.tag == "figure":
        return {"b": "picture", "c": _inline(element[0])[0], "caption": inlines(element[1])}
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
        file = element.get("src", "")
        alt = element.get("alt") or PurePosixPath(file).name
        return [{"i": "img", "block": True, "file": file, "alt": alt, "width": element.get("width", "")}]
    if element.tag == "input":
        return ["☑" if element.get("checked") is not None else "☐"]
    if element.tag == NOTE:
        return [{"i": "note", "place": element.get("place"), "c": [inlines(block) for block in element]}]
    within: list[Inline] = [
        {**one, "block": False} if isinstance(one, dict) and one.get("block") else one for one in inlines(element)
    ]  # nothing within words stands on a line of its own
    if element.tag == "a" and element.get("href"):
        return [{"i": "a", "href": element.get("href"), "c": within}]
    return [{"i": element.tag, "c": within}] if element.tag in ("em", "strong", "del") else inlines(element)


INLINE = frozenset({"em", "strong", "del", "code", "a", "br", "img", "math", "span", "input", NOTE})


def spaced(text: str) -> str:
    """Line breaks and runs of spaces as one space, as in HTML; a space that holds words together stays."""
    return re.sub(r"[ \t\n\r\f\v]+", " ", text)


def breakable(text: str) -> str:
    """The text as it can be printed, with places where a long word may be broken, its changes of direction ended."""
    printable = UNBROKEN.sub(_broken, with_stand_ins(text.replace(MARK, "")))
    return isolated(printable) if TURNING.search(printable) else printable


def _broken(word: re.Match[Any]) -> str:
    """After a sign that ends a part of a name or address, else every PIECE characters."""
    parts = re.sub(r"(?<=[_/\\.,:;=&?-])(?=[\w])", BREAK, word.group()).split(BREAK)
    return BREAK.join(part[k : k + PIECE] for part in parts for k in range(0, len(part), PIECE))


Said = list[list[str]]


def typeset(source: str, level: int) -> list[Node]:
    """Markdown as the Typst template walks it."""
    return blocks(tree(source), level)


@dataclass(frozen=True)
class Tongues:
    """The languages of a document with the words of its report, in its order; how its texts and its prose are set."""

    languages: tuple[str, ...]
    words: Interface
    printed: Callable[[str], str] = breakable
    set_prose: Callable[[str, int], object] = typeset

    def alone(self, language: str) -> "Tongues":
        """The same in one of the languages."""
        return replace(self, languages=(language,))

    def number(self, text: str) -> str:
        """A number of a table that stands once, as the first language writes it."""
        return numeral(text, self.languages[0])

    def word(self, key: str, **values: object) -> Said:
        """A word of the interface in every language."""
        return self.say(self.words(key, **values))

    def say(self, text: Text) -> Said:
        """A plain text in every language that says it otherwise."""
        different = {said: language for language in reversed(self.languages) if (said := text[language])}
        return [[language, self.printed(spaced(said).strip())] for said, language in reversed(different.items())]

    def prose(self, prose: Prose, level: int = 2) -> list[Node]:
        """Markdown in every language; a stand-in of another language is said once."""
        passages = [passage for language in self.languages if (passage := prose[language])]
        different = {passage.source: passage.language for passage in passages if passage.source.strip()}
        return [{"lang": lang, "blocks": self.set_prose(source, level)} for source, lang in different.items()]

    def one_line(self, text: Text) -> str:
        """A text in every language where only one string is possible: metadata, alternative texts."""
        said = [CONTROL.sub("", text[language]) for language in self.languages]
        return " / ".join(dict.fromkeys(" ".join(one.split()) for one in said if one.strip()))
