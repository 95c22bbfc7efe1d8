"""Prose of a spec as a tree that the HTML and the PDF both come from, and as HTML.

Elements, attributes and addresses are picked from a list, after everything stands in its place. Formulas become MathML,
and their source where they are none. Links go to http(s), mailto or the same host, pictures are files beside the spec.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, tostring
from zlib import crc32

from generator.errors import InputError
from generator.pages.addresses import PICTURES, beside, linkable
from generator.pages.formulas import ATTRIBUTES, ELEMENTS, mathml, too_deep
from generator.pages.highlighting import pieces
from generator.pages.list_levels import CODED as IN_AN_ITEM
from generator.pages.list_levels import levelled
from generator.pages.markdown_reader import CONTROL, TEX, TOO_DEEP, elements, tidy
from generator.text import spelled

NESTED = 300  # elements within each other
INDENTED = 8  # lists and quotations within each other that are set in
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
BLOCKS = frozenset({"p", "ul", "ol", "dl", "pre", "table", "blockquote", "hr", "figure", "section", *HEADINGS})
SET_IN = ("blockquote", "ul", "ol", "dl")
ITEMS = ("li", "dt", "dd")
CODED = re.compile(r"language-([\w+#.-]{1,40})")
COUNTED = re.compile(r"q-.+\.([0-9]+)")  # the label of a footnote that was numbered through an answer
ALIGNED = re.compile("text-align: *(left|center|right)")
KEPT = {  # the elements of a text, and which attributes of each
    **dict.fromkeys((*BLOCKS, "div", "em", "strong", "br", "thead", "tbody", "tr", "sup", "del"), frozenset()),
    **dict.fromkeys(("dt", "dd", "figcaption"), frozenset()),
    "a": frozenset({"href", "title", "id", "role"}),
    "img": frozenset({"src", "alt", "title", "width"}),
    "ol": frozenset({"start"}),
    "li": frozenset({"id", "value"}),
    "section": frozenset({"role"}),
    "input": frozenset({"type", "disabled", "checked"}),
    **dict.fromkeys(("code", "span"), frozenset({"class"})),
    **dict.fromkeys(("th", "td"), frozenset({"class"})),
    **dict.fromkeys(ELEMENTS, ATTRIBUTES | {"alttext"}),
}


@dataclass(frozen=True)
class Parsed:
    """A text as a tree; each formula that is none with the reason, and the addresses of pictures, both as written."""

    root: Element
    unset: tuple[tuple[str, str], ...] = ()
    pictures: tuple[str, ...] = ()


def parsed(source: str) -> Parsed:
    """The prose as a `<div>` of blocks: p, ul, ol, dl, pre, table, blockquote, hr, figure, h1–h6.

    Inline: em, strong, del, code, a, br, img (`src` is its path in the site, `width` in pixels or `60%`), input (the
    box of a task) and `<math>`. Footnotes are links of the role `doc-noteref`, and the items of a last section.
    The code of a block is cut into spans by what it is. Raises InputError for what is too long or too deep.
    """
    root = elements(levelled(tidy(source)))
    if too_deep(root, NESTED):
        raise InputError(TOO_DEEP)
    _flatten(root)
    _place_notes(root)
    unset = tuple(_place_formulas(root))
    pictures = tuple(spelled(image.get("src", "")) for image in root.iter("img"))
    for element in reversed(list(root.iter())):  # what stands within first
        _restrict(element)
    for parent in list(root.iter()):
        _frame(parent)
    return Parsed(root, unset, pictures)


def tree(source: str) -> Element:
    """The same without what is wrong with it."""
    return parsed(source).root


def _place_formulas(root: Element) -> Iterator[tuple[str, str]]:
    """Puts them in; those that are none, with the reason, stay as they are written."""
    for parent in list(root.iter()):
        for position, held in enumerate(list(parent)):
            if held.tag != TEX:
                continue
            marks, tex = held.get("marks", ""), spelled(held.text or "")
            try:
                parent[position] = mathml(tex, marks == "$$")
            except InputError as error:
                parent[position] = Element("code")
                parent[position].text = f"{marks}{tex}{marks}"
                yield tex, str(error)
            parent[position].tail = held.tail


def _place_notes(root: Element) -> None:
    """Footnotes by their numbers, each with one way back; what stands at the end is a section of them."""
    notes = next((one for one in root if one.get("class") == "footnote"), None)
    if notes is None:
        return
    labels = [item.get("id", "").removeprefix("fn:") for item in notes.iterfind("ol/li")]
    numbers = {label: found[1] if (found := COUNTED.fullmatch(label)) else f"{n}" for n, label in enumerate(labels, 1)}
    for mark in root.iter("sup"):
        link, again = mark[0], not mark.get("id", "").startswith("fnref:")
        number = link.text = numbers[link.get("href", "").removeprefix("#fn:")]
        link.attrib.update({"href": f"#fn-{number}", "role": "doc-noteref"})
        link.attrib.update({} if again else {"id": f"fnref-{number}"})
    notes.tag = "section"
    notes.attrib.update({"role": "doc-endnotes"})
    notes.remove(notes[0])  # a rule, which styles draw
    for item, number in zip(notes.iterfind("ol/li"), numbers.values(), strict=True):
        item.attrib.update({"id": f"fn-{number}", "value": number})
        back, *more = [link for link in item.iter("a") if link.get("class") == "footnote-backref"]
        back.attrib.update({"href": f"#fnref-{number}", "role": "doc-backlink"})
        back.attrib.pop("title", None)
        for parent in [one for one in item.iter() if any(link in one for link in more)]:
            parent[:] = [child for child in parent if child not in more]


def _frame(parent: Element) -> None:
    """A picture that stands alone is a figure, its caption the title or else its words; code in its colours."""
    for position, held in enumerate(list(parent)):
        image = held[0] if held.tag == "p" and len(held) == 1 and held[0].tag == "img" else None
        said = image.get("title") or image.get("alt") if image is not None else ""
        if image is not None and said and not f"{held.text or ''}{image.tail or ''}".strip():
            figure, caption = Element("figure"), Element("figcaption")
            figure.tail, image.tail, caption.text = held.tail, None, said
            image.attrib.pop("title", None)
            figure.extend((image, caption))
            parent[position] = figure
        if parent.tag == "pre" and held.tag == "code":
            _colour(held)


def _colour(code: Element) -> None:
    """Code whose language is known as spans, each of a kind."""
    first, _, rest = (code.text or "").partition("\n")
    if first.startswith(IN_AN_ITEM):
        code.set("class", f"language-{first[1:]}")
        code.text = rest
    language = CODED.fullmatch(code.get("class", ""))
    if language is None:
        return
    text, code.text = code.text or "", None
    for kind, piece in pieces(text, language[1]):
        if kind:
            SubElement(code, "span", {"class": kind}).text = piece
        elif len(code):
            code[-1].tail = piece
        else:
            code.text = piece


def _restrict(element: Element) -> None:
    """Only elements, attributes and addresses that are known; a heading without words is none."""
    element.text, element.tail = (text and CONTROL.sub("", spelled(text)) for text in (element.text, element.tail))
    aligned = ALIGNED.search(element.attrib.pop("style", ""))
    given = {name: spelled(value) for name, value in element.attrib.items()}
    empty = element.tag in HEADINGS and not "".join(element.itertext()).strip() and element.find(".//img") is None
    element.tag = "p" if empty else element.tag if element.tag in KEPT else "span"
    element.attrib.clear()
    element.attrib.update({name: value for name, value in given.items() if name in KEPT[element.tag]})
    if aligned and element.tag in ("th", "td"):
        element.set("class", aligned[1])
    if element.tag == "a" and not linkable(given.get("href", "")):
        element.attrib.clear()
    if element.tag == "span" or (element.tag == "code" and not CODED.fullmatch(given.get("class", ""))):
        element.attrib.clear()
    if element.tag == "ol" and not re.fullmatch("[0-9]{1,9}", given.get("start", "1")):
        element.attrib.clear()
    if element.tag == "img":
        _lead(element, beside(given.get("src", "")))


def _lead(image: Element, path: str) -> None:
    """A picture of the site, or its words."""
    if path:
        image.set("src", f"{PICTURES}/{path}")
        return
    image.tag, image.text = "span", image.get("alt", "")
    image.attrib.clear()


def _flatten(parent: Element, depth: int = 0) -> None:
    """Lists and quotations that stand too deep become their paragraphs, set in no further."""
    children = list(parent)
    deepest = depth == INDENTED
    parent[:] = [
        block for child in children for block in (_blocks_of(child) if deepest and child.tag in SET_IN else (child,))
    ]
    for child in parent:
        _flatten(child, depth + (child.tag in SET_IN))


def _blocks_of(container: Element) -> Iterator[Element]:
    """What stands in lists and quotations within each other, one after the other."""
    loose = Element("p")
    loose.text = container.text
    for child in container:
        if child.tag not in BLOCKS and child.tag not in ITEMS:
            loose.append(child)
            continue
        if len(loose) or (loose.text or "").strip():
            yield loose
        yield from _blocks_of(child) if child.tag in (*SET_IN, *ITEMS) else (child,)
        loose = Element("p")
        loose.text = child.tail
    if len(loose) or (loose.text or "").strip():
        yield loose


def placed(source: str, heading: int = 3, prefix: str = "") -> Element:
    """The tree with its headings at their level, and places that no other text of a page has."""
    top = tree(source)
    _place_ids(top, prefix or f"t{crc32(source.encode()):x}")
    _level_headings(top, heading, prefix)
    return top


def html(source: str, heading: int = 3, prefix: str = "", root: str = "") -> str:
    """The prose as HTML; its headings start at level `heading`, skip none, and have ids that start with `prefix`.

    `root` leads from the page to the root of the site.
    """
    top = placed(source, heading, prefix)
    for image in top.iter("img"):
        image.attrib |= {"src": root + quote(image.get("src", "")), "loading": "lazy"}
        if (width := image.get("width", "")).endswith("%"):
            image.attrib |= {"class": f"w{max(5, round(float(width[:-1]) / 5) * 5)}"}
            del image.attrib["width"]
    tables = [(parent, table) for parent in top.iter() for table in parent if table.tag == "table"]
    for parent, table in tables:
        _box(parent, table)
    return "".join(tostring(block, encoding="unicode", method="html") for block in top).strip()


def inline(source: str, root: str = "") -> str:
    """The prose without its paragraph where it has only one, for captions and notes."""
    text = html(source, root=root)
    alone = text.startswith("<p>") and [block.tag for block in tree(source)] == ["p"]
    return text.removeprefix("<p>").removesuffix("</p>") if alone else text


def _place_ids(root: Element, prefix: str) -> None:
    """The places of footnotes, so that none is there twice on a page."""
    for element in root.iter():
        if name := element.get("id", ""):
            element.set("id", f"{prefix}-{name}")
        if element.get("role", "").startswith("doc-") and element.tag == "a":
            element.set("href", f"#{prefix}-{element.get('href', '')[1:]}")


def _level_headings(root: Element, start: int, prefix: str) -> None:
    used = sorted({element.tag for element in root.iter() if element.tag in HEADINGS})
    for number, element in enumerate([e for e in root.iter() if e.tag in HEADINGS], 1):
        element.tag = HEADINGS[min(start + used.index(element.tag), 6) - 1]
        element.set("id", f"{prefix}-{number}")


def _box(parent: Element, table: Element) -> None:
    """A table scrolls in a box of its own, never the page."""
    position = list(parent).index(table)
    box = Element("div", {"class": "scroll", "tabindex": "0", "role": "group"})
    box.tail, table.tail = table.tail, None
    parent[position] = box
    box.append(table)
    for head in table.iterfind("thead//th"):
        head.set("scope", "col")
