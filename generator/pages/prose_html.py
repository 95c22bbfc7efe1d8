"""The one door to Markdown and its formulas: prose of a spec into a tree that the HTML and the PDF both come from.

Raw HTML is text, links go to http(s), mailto or relative places only, formulas between dollars become MathML.
"""

import re
from functools import cache
from html import escape, unescape
from threading import Lock
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, fromstring, tostring

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.util import AtomicString

from generator.errors import InputError
from generator.text import spelled

TURN = Lock()  # the converter keeps in itself what it is at, and PDFs are made beside each other
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
WIDE = r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60\u3000-\u303f]"  # characters between which no space belongs
JOIN = re.compile(rf"(?<={WIDE})\n {{0,3}}(?={WIDE})")
FENCE = re.compile(r"^ {0,3}(```|~~~)")
FORMULA = r"(?<![\\$])(\$\$?)(?!\s)((?:\\.|[^$\n\\])+?)(?<!\s)\1(?![\d$])"
ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)\w+;")
SCHEMES = frozenset({"", "http", "https", "mailto"})
BLOCKS = frozenset({"p", "ul", "ol", "pre", "table", "blockquote", "hr", "h1", "h2", "h3", "h4", "h5", "h6"})
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


class _Formula(InlineProcessor):
    """`$…$` and `$$…$$` are kept aside as code of the class `math` until the tree is whole."""

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element, int, int]:  # type: ignore[override]  # noqa: N802
        element = Element("code", {"class": "math block" if m.group(1) == "$$" else "math"})
        element.text = AtomicString(m.group(2))
        return element, m.start(0), m.end(0)


def tidy(source: str) -> str:
    """The source without control characters; a line break between two Chinese characters is no space."""
    lines = CONTROL.sub("", source.replace("\r\n", "\n").expandtabs(4)).split("\n")
    out: list[str] = []
    fenced = False
    for line in lines:
        fenced ^= bool(FENCE.match(line))
        structured = out and ("|" in out[-1] + line or out[-1].lstrip().startswith("#"))
        if out and not fenced and not structured and JOIN.search(f"{out[-1][-1:]}\n{line}"):
            out[-1] += line.lstrip()
        else:
            out.append(line)
    return "\n".join(out)


def tree(source: str) -> Element:
    """The prose as a `<div>` of blocks: p, ul, ol, pre, table, blockquote, hr, h1–h6 and `<math>`.

    Inline: em, strong, code, a, br, img (relative only) and `<math>`. Raises InputError for a formula that is none.
    """
    with TURN:
        xhtml = _markdown().reset().convert(tidy(source))
    root = fromstring(f"<div>{ENTITY.sub(lambda m: escape(unescape(m.group(0)), quote=False), xhtml)}</div>")
    for element in list(root.iter()):
        element.text, element.tail = (text and spelled(text) for text in (element.text, element.tail))
        element.attrib.update({name: spelled(value) for name, value in element.attrib.items()})
        _restrict(element)
    _place_formulas(root)
    return root


@cache
def _markdown() -> Markdown:
    markdown = Markdown(extensions=["tables", "fenced_code", "sane_lists"], output_format="xhtml")
    markdown.preprocessors.deregister("html_block")
    markdown.inlinePatterns.deregister("html")
    markdown.inlinePatterns.register(_Formula(FORMULA, markdown), "formula", 185)
    return markdown


def _restrict(element: Element) -> None:
    """Only links and pictures that request nothing dangerous; table cells keep their alignment as a class."""
    for name in ("href", "src"):
        target = element.get(name)
        if target is not None and not _allowed(target, element.tag):
            del element.attrib[name]
    style = element.attrib.pop("style", "")
    if "text-align" in style:
        element.set("class", style.removesuffix(";").rsplit(" ", 1)[-1])
    if element.tag == "img" and "src" not in element.attrib:
        element.tag, element.text = "span", element.get("alt", "")
        element.attrib.clear()


def _allowed(target: str, tag: str) -> bool:
    try:
        parts = urlsplit(target.strip())
    except ValueError:
        return False
    if tag == "img":
        return not parts.scheme and not parts.netloc
    return parts.scheme.lower() in SCHEMES and not (parts.netloc and not parts.scheme)


def _place_formulas(root: Element) -> None:
    for parent in list(root.iter()):
        for position, child in enumerate(list(parent)):
            classes = child.get("class", "").split() if child.tag == "code" else []
            if "math" in classes:
                formula = mathml(child.text or "", "block" in classes)
                formula.tail = child.tail
                parent[position] = formula


def mathml(tex: str, block: bool = False) -> Element:
    """The `<math>` element of a formula in TeX; raises InputError with the formula where it is not one."""
    from latex2mathml import converter, exceptions  # here: few texts have one

    known = [kind for kind in vars(exceptions).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    failures: tuple[type[Exception], ...] = (*known, IndexError, KeyError)
    try:
        element = converter.convert_to_element(tex, display="block" if block else "inline")
    except failures as error:
        raise InputError(f"not a formula: ${tex}$ ({type(error).__name__})") from error
    for part in element.iter():
        part.text = unescape(part.text) if part.text else part.text
    element.set("alttext", tex)
    return element


def html(source: str, heading: int = 3, prefix: str = "") -> str:
    """The prose as HTML; its headings start at level `heading`, skip none, and have ids that start with `prefix`."""
    root = tree(source)
    _level_headings(root, heading, prefix)
    for table in root.findall(".//table"):
        _box(root, table)
    return "".join(tostring(block, encoding="unicode", method="html") for block in root).strip()


def inline(source: str) -> str:
    """The prose without its paragraph where it has only one, for captions and notes."""
    root = tree(source)
    if [block.tag for block in root] != ["p"]:
        return html(source)
    text = tostring(root[0], encoding="unicode", method="html").strip()
    return text.removeprefix("<p>").removesuffix("</p>")


def _level_headings(root: Element, start: int, prefix: str) -> None:
    used = sorted({element.tag for element in root.iter() if element.tag in HEADINGS})
    for number, element in enumerate([e for e in root.iter() if e.tag in HEADINGS], 1):
        element.tag = HEADINGS[min(start + used.index(element.tag), 6) - 1]
        element.set("id", f"{prefix}-{number}")


def _box(root: Element, table: Element) -> None:
    """A table scrolls in a box of its own, never the page."""
    parent = next(element for element in root.iter() if table in list(element))
    position = list(parent).index(table)
    box = Element("div", {"class": "scroll", "tabindex": "0", "role": "group"})
    box.tail, table.tail = table.tail, None
    parent[position] = box
    box.append(table)
    for head in table.iterfind("thead//th"):
        head.set("scope", "col")
