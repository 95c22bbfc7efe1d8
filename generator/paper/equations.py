"""Formulas for the PDF: MathML into nodes that the Typst template sets, symbol by symbol."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any
from xml.etree.ElementTree import Element

Node = dict[str, Any]

GROUPS = frozenset({"mrow", "math", "mstyle", "mpadded", "mphantom", "menclose", "semantics", "merror", "mtd"})
LINES = frozenset({"¯", "‾", "_", "―"})
LINEAR = MappingProxyType(
    {
        "mfrac": "{}/{}",
        "msup": "{}^{}",
        "mover": "{}^{}",
        "accent": "{}{}",
        "msub": "{}_{}",
        "munder": "{}_{}",
        "msubsup": "{}_{}^{}",
        "munderover": "{}_{}^{}",
        "msqrt": "√{}",
        "mroot": "{}^(1/{})",
    }
)
OPENING, CLOSING = frozenset("([{|‖⟨⌈⌊"), frozenset(")]}|‖⟩⌉⌋")
SPACE = 1 / 6  # of an em, where a width is not given in em
WIDTH = re.compile(r"([+-]?(?:[0-9]|[0-9]?\.[0-9]{1,6}))em")  # less than ten


def formula(element: Element) -> Node:
    """A `<math>` element; `alt` is the formula on one line, as it would be read, or its source."""
    block = element.get("display") == "block"
    alt = spoken(element) or element.get("alttext", "")
    node: Node = {"i": "math", "block": block, "alt": alt}
    only = element
    while len(only) == 1 and only.tag in GROUPS:
        only = only[0]
    if block and only.tag == "mtable" and only[0][0].get("columnalign") == "right":  # lines that are set by their &
        return {**node, "lines": [[_node(cell) for cell in row] for row in only]}
    return {**node, "c": _row(element)}


def spoken(element: Element) -> str:
    """The formula as one line of signs: scripts after ^ and _, fractions with /, roots with √."""
    parts = [spoken(child) for child in element]
    form = LINEAR.get("accent" if element.get("accent") == "true" else element.tag)
    if form and len(parts) == form.count("{"):
        return form.format(*(part if len(part) == 1 or part.isalnum() else f"({part})" for part in parts))
    said = " ".join(parts) if parts else "".join(element.itertext())
    return " ".join(said.split())


def _row(element: Element) -> list[Node]:
    """What stands beside each other; a matrix with the brackets around it."""
    row: list[Node] = []
    for child in element:
        row.append(_node(child))
        if (
            len(row) > 2
            and row[-2]["m"] == "table"
            and row[-1].get("text") in CLOSING
            and row[-3].get("text") in OPENING
        ):
            row[-3:] = [{"m": "lr", "c": row[-3:]}]
    return row


def _node(element: Element) -> Node:
    if element.tag in GROUPS:
        row = _row(element)
        fenced = len(row) > 1 and element[0].get("fence", "false") == "true"
        return {"m": "lr" if fenced else "row", "c": row}
    text = "".join(element.itertext())
    if element.tag in SCRIPTS:
        return SCRIPTS[element.tag](element)
    if element.tag == "mspace":
        width = WIDTH.fullmatch(element.get("width", ""))
        return {"m": "space", "em": float(width[1]) if width else SPACE}
    if element.tag == "mi" and len(text) > 1:
        return {"m": "op", "text": text}
    return {"m": "text" if element.tag in ("mtext", "ms") else "symbols", "text": text}


def _attached(*places: str) -> Callable[[Element], Node]:
    """A base with scripts at `places`: t and b stand above and below where the base wants that, tr and br beside."""

    def convert(element: Element) -> Node:
        base, *scripts = [_node(child) for child in element]
        return {"m": "attach", "base": base, **dict(zip(places, scripts, strict=False))}

    return convert


def _over(element: Element) -> Node:
    """An accent or a line over its base, else a limit above it."""
    mark = "".join(element[1].itertext()) if element[1].tag == "mo" else ""
    if mark in LINES:
        return {"m": "overline", "c": _node(element[0])}
    if len(mark) == 1:
        return {"m": "accent", "base": _node(element[0]), "accent": mark}
    return _attached("t")(element)


SCRIPTS: Mapping[str, Callable[[Element], Node]] = MappingProxyType(
    {
        "msub": _attached("b"),
        "msup": _attached("t"),
        "msubsup": _attached("b", "t"),
        "munder": _attached("b"),
        "mover": _over,
        "munderover": _attached("b", "t"),
        "mfrac": lambda element: {
            "m": "binom" if element.get("linethickness", "").strip().startswith("0") else "frac",
            "num": _node(element[0]),
            "den": _node(element[1]),
        },
        "msqrt": lambda element: {"m": "sqrt", "c": {"m": "row", "c": _row(element)}},
        "mroot": lambda element: {"m": "root", "c": _node(element[0]), "index": _node(element[1])},
        "mtable": lambda element: {
            "m": "table",
            "left": all(cell.get("columnalign") == "left" for row in element for cell in row),
            "rows": [[_node(cell) for cell in row] for row in element],
        },
    }
)
