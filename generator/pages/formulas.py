"""The one door to latex2mathml: a formula in TeX as MathML of known elements, or the reason why it is none.

What the converter makes of a command is not trusted: elements and attributes are picked from a list. Macros are
refused, for a few of them stand for more signs than fit into memory.
"""

import re
from html import unescape
from xml.etree.ElementTree import Element

from generator.errors import InputError

LONGEST, DEEPEST = 2_000, 60  # characters of a formula; elements within each other
PARTS = {**dict.fromkeys(("msub", "msup", "munder", "mover", "mfrac", "mroot"), 2), "msubsup": 3, "munderover": 3}
ELEMENTS = PARTS.keys() | {
    *("math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "msqrt", "mstyle", "mpadded", "mphantom", "menclose"),
    *("mtable", "mtr", "mtd"),
}
ATTRIBUTES = frozenset(
    {
        *("display", "displaystyle", "scriptlevel", "mathvariant", "mathsize", "mathcolor", "mathbackground"),
        *("width", "height", "depth", "lspace", "rspace", "voffset", "linethickness", "notation", "linebreak"),
        *("stretchy", "fence", "separator", "form", "accent", "largeop", "movablelimits", "minsize", "maxsize"),
        *("columnalign", "columnlines", "columnspacing", "rowlines", "rowspacing"),
    }
)
VALUE = re.compile(r"[\w#.%+ -]{1,80}")
MACRO = re.compile(r"\\(?:def|newcommand|newenvironment|DeclareMathOperator)(?![a-zA-Z])")
LINES = {
    "aligned": "split",
    "alignedat": "split",
    "gathered": "matrix",
}  # as the converter knows it
ENVIRONMENT = re.compile(r"\\(begin|end)\{(" + "|".join(LINES) + r")\}")
PAGE = re.compile(  # what reaches out of a formula into the page, in this converter or in those that read Markdown
    r"\\(?:href|url|style|class|cssId|data|html(?:Class|Id|Style|Data)|includegraphics|require)(?![a-zA-Z])\s*"
)


def harmless(tex: str) -> str:
    """The formula without what would be links, styles and classes of a page; what they stand round stays."""
    while found := PAGE.search(tex):
        tex = tex[: found.start()] + tex[_end_of_group(tex, found.end()) :]
    return tex


def _end_of_group(tex: str, start: int) -> int:
    """Where the group `{…}` ends that begins at `start`; `start` where none does."""
    depth = 0
    for sign in re.finditer(r"\\.|[{}]", tex[start:] if tex[start : start + 1] == "{" else ""):
        depth += {"{": 1, "}": -1}.get(sign[0], 0)
        if not depth:
            return start + sign.end()
    return start


def mathml(tex: str, block: bool = False) -> Element:
    """The `<math>` element of a formula; raises InputError with the formula where it is not one."""
    try:
        element = _converted(harmless(tex), "block" if block else "inline")
    except InputError as error:
        raise InputError(f"not a formula: ${tex:.200}$ ({error})") from error
    element.set("alttext", harmless(tex))
    return element


def _converted(tex: str, display: str) -> Element:
    """Raises InputError with the reason alone."""
    from latex2mathml import converter  # here: few texts have a formula

    if len(tex) > LONGEST:
        raise InputError(f"longer than {LONGEST:,} characters")
    if macro := MACRO.search(tex):
        raise InputError(f"it defines a command of its own, {macro[0]}")
    try:
        element = converter.convert_to_element(_lined(tex), display=display)
    except Exception as error:  # the converter has no kind of its own for what it cannot read
        said = re.sub(r"(?<!^)(?=[A-Z])", " ", type(error).__name__.removesuffix("Error")).lower()
        raise InputError(said.replace("no available tokens", "something is missing at its end")) from error
    _clean(element)
    if too_deep(element, DEEPEST):
        raise InputError(f"more than {DEEPEST} groups within each other")
    return element


def _lined(tex: str) -> str:
    """Several lines are an environment that the converter knows."""
    if "\\begin" not in tex and "\\\\" in tex:
        name = "split" if "&" in tex else "matrix"
        return rf"\begin{{{name}}}{tex}\end{{{name}}}"
    return ENVIRONMENT.sub(lambda found: rf"\{found[1]}{{{LINES[found[2]]}}}", tex)


def _clean(formula: Element) -> None:
    for part in formula.iter():
        whole = part.tag in ELEMENTS and PARTS.get(part.tag, len(part)) == len(part)
        part.tag = part.tag if whole else "mrow"
        kept = {name: value for name, value in part.attrib.items() if name in ATTRIBUTES and VALUE.fullmatch(value)}
        part.attrib.clear()
        part.attrib.update(kept)
        part.text = unescape(part.text) if part.text else part.text


def too_deep(element: Element, most: int) -> bool:
    """Whether there are more than so many elements within each other."""
    level = [element]
    for _ in range(most):
        level = [child for parent in level for child in parent]
    return bool(level)
