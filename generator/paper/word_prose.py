"""Prose as the HTML that Pandoc reads best: formulas with their source, figures and boxes as paragraphs of Word."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, tostring

from generator.pages.prose_html import placed

ROOM = 164  # millimetres between the sides of a page
SOURCE = re.compile(r"<annotation\b.*?</annotation>", re.DOTALL)


def prose(source: str, level: int, prefix: str) -> str:
    """The blocks of a text; its headings start at a level, and its places with the prefix."""
    top = placed(source, level, prefix)
    for parent in reversed(list(top.iter())):  # what stands within first
        for place, child in enumerate(list(parent)):
            if child.tag in FOR_PANDOC:
                parent[place] = FOR_PANDOC[child.tag](child)
                parent[place].tail = child.tail
    return "".join(tostring(block, encoding="unicode", method="html") for block in top).strip()


def without_source(text: str) -> str:
    """The same where formulas are what a browser sees of them, which Pandoc always reads and sets a little worse."""
    return SOURCE.sub("", text)


def _formula(math: Element) -> Element:
    """Equations come from the formula's source."""
    whole = Element("math", {name: value for name, value in math.attrib.items() if name != "alttext"})
    meaning = SubElement(whole, "semantics")
    SubElement(meaning, "mrow").extend(math)
    SubElement(meaning, "annotation", encoding="application/x-tex").text = math.get("alttext")
    return whole


def _figure(figure: Element) -> Element:
    """A picture and its caption; Pandoc would make a table of them."""
    both = Element("div")
    for style, part in zip(("Captioned Figure", "Image Caption"), figure, strict=True):
        paragraph = SubElement(SubElement(both, "div", {"custom-style": style}), "p")
        if part.tag == "img":
            paragraph.append(part)
        else:
            paragraph.text = part.text
            paragraph.extend(part)
    return both


def _picture(image: Element) -> Element:
    """Pandoc takes a share of the page's width for no width at all."""
    asked = image.get("width", "")
    width = {"width": f"{ROOM * float(asked[:-1]) / 100:g}mm"} if asked.endswith("%") else {}
    return Element("img", {**image.attrib, **width, "src": quote(image.get("src", ""))})


def _box(control: Element) -> Element:
    """A box of a list of tasks."""
    sign = Element("span")
    sign.text = "☐" if control.get("checked") is None else "☑"
    return sign


def _cell(cell: Element) -> Element:
    """Its alignment stands where Pandoc looks for it."""
    aligned = cell.attrib.pop("class", "")
    if aligned:
        cell.set("style", f"text-align: {aligned}")
    return cell


FOR_PANDOC: Mapping[str, Callable[[Element], Element]] = MappingProxyType(
    {"math": _formula, "figure": _figure, "img": _picture, "input": _box, "th": _cell, "td": _cell}
)
