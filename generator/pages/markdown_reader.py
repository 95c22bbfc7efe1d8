"""The one door to Python-Markdown: a text into the elements that it stands for, whatever is written.

Raw HTML is text, formulas are kept aside, and what would take it too long or too deep is an InputError. Beside
Markdown itself it reads what people know from elsewhere: tables, blocks of code, footnotes, lists of definitions and of
tasks, `~~struck out~~`, formulas between dollars, and a width behind a picture.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from html import escape, unescape
from threading import Lock
from typing import Any
from xml.etree.ElementTree import Element, fromstring

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.inlinepatterns import (
    IMAGE_LINK_RE,
    ImageInlineProcessor,
    InlineProcessor,
    LinkInlineProcessor,
    SimpleTagInlineProcessor,
)
from markdown.util import AtomicString

from generator.errors import InputError

TURN = Lock()  # the converter keeps in itself what it is at, and PDFs are made beside each other
LONGEST = 100_000  # characters of a text
EFFORT = 10_000_000  # characters that are looked at for what may close or follow
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff\ud800-\udfff]")
WIDE = r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60\u3000-\u303f]"  # characters between which no space belongs
JOIN = re.compile(rf"(?<={WIDE})\n {{0,3}}(?={WIDE})")
FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})(.*)")
ITEM = re.compile(r" *(?:[-+*]|([0-9]{1,9})[.)])( +)(?=\S)")
RULE = re.compile(r" *([-*_])(?: *\1){2,} *$")
INDENTED = 4  # columns by which a line is code
LONG_NUMBER = re.compile(r"^([ >]*[0-9]{10,})(?=[.)])")  # of a list, by which no list begins
FORMULA = r"(?<![\\$])(\$\$?)(?!\s)((?:\\.|[^$\n\\])+?)(?<!\s)\1(?![\d$])"
DISPLAY = re.compile(r"(?<![\\$`])\$\$(?!\$)((?:\\[^\n]|[^$\\\n`]|\n(?!(?:[ \t>]*\n)))+?)\$\$(?!\$)")
CONTINUED = re.compile(r"(?:(?<!\\)%[^\n]*)?\n[ \t]*")  # a comment of TeX ends with its line
QUOTED = re.compile(r"(?:^|\n)[ \t]*(?:>[ \t]?)+")
STRUCK = r"(?<!~)(~~)(?![~\s])(.+?)(?<!\s)~~(?!~)"
WIDTH = re.compile(r"\{ *:? *width *= *\"?([0-9]{1,4}(?:\.[0-9]{1,2})?)(%|px|cm|mm|in|)\"? *\}")
PIXELS = {"px": 1.0, "": 1.0, "cm": 96 / 2.54, "mm": 9.6 / 2.54, "in": 96.0}  # of a unit, as in CSS
TASK = re.compile(r"\[([ xX])\][ \n]")
CODE = r"(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)"  # within a line
REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)(#?\w+);")
MOST_DIGITS = 40  # of a character's name or number
TEX = "tex"  # stands for a formula until the tree is whole
TOO_DEEP = "its lists, quotations and marks stand too deep within each other"


class _Formula(InlineProcessor):
    """`$…$` and `$$…$$` are kept aside until the tree is whole."""

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element, int, int]:  # type: ignore[override]  # noqa: N802
        element = Element(TEX, {"marks": m.group(1)})
        element.text = AtomicString(m.group(2))
        return element, m.start(0), m.end(0)


class _Picture(ImageInlineProcessor):
    """A picture with its width behind it: `![words](plot.png "Caption"){width=60%}`, or one in px, cm, mm or in."""

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element | str | None, int | None, int | None]:  # type: ignore[override]  # noqa: N802
        element, start, end = super().handleMatch(m, data)
        asked = WIDTH.match(data, end) if isinstance(element, Element) and end is not None else None
        if asked is None or not isinstance(element, Element):
            return element, start, end
        element.set("width", pixels(asked))
        return element, start, asked.end()


def pixels(width: re.Match[str]) -> str:
    """A `WIDTH` in pixels, or in percent of the text."""
    number, unit = float(width[1]), width[2]
    return f"{min(number, 100):g}%" if unit == "%" else f"{max(1, number * PIXELS[unit]):.0f}"


def tidy(source: str) -> str:
    """The source without control characters; a line break between two Chinese characters is no space.

    A formula over several lines is one line, so that none of them begins a list or a heading.
    """
    out: list[str] = []
    text = CONTROL.sub("", source.replace("\r\n", "\n").expandtabs(4))
    for line, fenced in fences(_joined(text).split("\n")):
        line = line if fenced else LONG_NUMBER.sub(r"\1\\", line)
        structured = out and ("|" in out[-1] + line or out[-1].lstrip().startswith("#"))
        if out and not fenced and not structured and JOIN.search(f"{out[-1][-1:]}\n{line}"):
            out[-1] += line.lstrip()
        else:
            out.append(line)
    return "\n".join(out)


def _joined(text: str) -> str:
    """Each formula between `$$` on one line; those in a block of code stay as they are."""
    if "$$" not in text:
        return text
    parts: list[tuple[bool, list[str]]] = []
    for line, fenced in fences(text.split("\n")):
        if not parts or parts[-1][0] != fenced:
            parts.append((fenced, []))
        parts[-1][1].append(line)
    return "\n".join(
        "\n".join(lines) if fenced else DISPLAY.sub(_on_one_line, "\n".join(lines)) for fenced, lines in parts
    )


def _on_one_line(found: re.Match[str]) -> str:
    before = found.string[found.string.rfind("\n", 0, found.start()) + 1 : found.start()]
    tex = QUOTED.sub("\n", found[1]) if before.lstrip().startswith(">") else found[1]
    return f"$${CONTINUED.sub(' ', tex).strip()}$$"


def fences(lines: Iterable[str], in_items: bool = True) -> Iterator[tuple[str, bool]]:
    """Each line, and whether it belongs to a block of code between fences, the fences themselves included.

    One begins at the start of a line, or of what an item of a list says, and is closed there: every reader of Markdown
    takes that for code.
    """
    every = list(lines)
    columns: list[int] = []  # in which the words of the items begin that a line stands in
    last, goes_on, unclosed = -1, False, set[tuple[str, int]]()
    for number, line in enumerate(every):
        if in_items and number > last and line.strip():
            columns = _columns(columns, line, goes_on)
            held = columns[-1] if columns else 0
            unclosed = {one for one in unclosed if one[1] < held + (not line[:held].strip())}
        column = columns[-1] if columns else 0
        begins = number > last and not line[:column].strip() and (columns or not line.startswith(" "))
        fence = FENCE.fullmatch(line[column:]) if begins else None
        if fence and (fence[1], column) not in unclosed:
            last = max(last, _closed(every, number, fence[1], column))
            unclosed |= set() if number < last else {(fence[1], column)}  # nor will one of its kind be further down
        goes_on = number > last and bool(line.strip())
        yield line, number <= last


def outside_code(text: str, change: Callable[[str], str]) -> str:
    """The text with every line changed that does not belong to a block of code."""
    return "\n".join(line if fenced else change(line) for line, fenced in fences(text.split("\n")))


def _columns(columns: list[int], line: str, goes_on: bool) -> list[int]:
    """The columns of the items that a line stands in, one that it begins included; a sentence may go on in it."""
    left = len(line) - len(line.lstrip(" "))
    item = None if RULE.match(line) else ITEM.match(line)
    kept = [column for column in columns if column <= left]
    within = goes_on and len(kept) == len(columns) and item is not None and item[1] not in (None, "1")
    if item and not within and left - (kept[-1] if kept else 0) < INDENTED:
        return [*kept, item.end() if len(item[2]) <= INDENTED else item.start(2) + 1]
    return columns if goes_on and not FENCE.fullmatch(line) else kept


def _closed(lines: list[str], opened: int, fence: str, column: int) -> int:
    """The line that closes a fence before its item ends, or -1."""
    for number in range(opened + 1, len(lines)):
        if lines[number][:column].strip():
            break
        if closes(lines[number][column:], fence):
            return number
    return -1


def closes(line: str, opened: str) -> bool:
    fence = FENCE.fullmatch(line)
    return fence is not None and fence[1].startswith(opened) and not fence[2].strip()


def elements(source: str) -> Element:
    """The text in a `<div>`, its formulas as `<tex marks="$$">`; raises InputError."""
    if len(source) > LONGEST:
        raise InputError(f"a text of {len(source):,} characters; {LONGEST:,} are the most")
    with TURN:
        try:
            xhtml = _reader().reset().convert(tidy(source))
            root = fromstring(f"<div>{REFERENCE.sub(_resolved, xhtml)}</div>")
        except InputError:
            _reader.cache_clear()
            raise
        except Exception as error:  # what the converter trips over has no kind of its own
            _reader.cache_clear()  # it stands in the middle of a text
            deep = isinstance(error, RecursionError)
            raise InputError(TOO_DEEP if deep else f"no Markdown that can be read ({error!s:.200})") from error
    for item in root.iter("li"):
        _mark_task(item)
    return root


def _mark_task(item: Element) -> None:
    """`[ ]` and `[x]` at the head of an item are boxes."""
    holder = item[0] if len(item) and item[0].tag == "p" and not (item.text or "").strip() else item
    asked = TASK.match((holder.text or "").lstrip())
    if asked:
        box = Element("input", {"type": "checkbox", "disabled": "", **({} if asked[1] == " " else {"checked": ""})})
        box.tail, holder.text = " " + (holder.text or "").lstrip()[asked.end() :], None
        holder.insert(0, box)


class _Reader(Markdown):
    """Markdown that looks at so many signs and no more: what never closes is looked for again from every place."""

    def __init__(self) -> None:
        extensions = ["tables", "fenced_code", "sane_lists", "footnotes", "def_list"]
        super().__init__(extensions=extensions, output_format="xhtml")
        self.ESCAPED_CHARS = [*self.ESCAPED_CHARS, "@", "~", "$"]
        self.preprocessors.deregister("html_block")
        self.inlinePatterns.deregister("html")
        self.inlinePatterns.register(_Formula(FORMULA, self), "formula", 185)
        self.inlinePatterns.register(SimpleTagInlineProcessor(STRUCK, "del"), "struck", 75)
        self.inlinePatterns.register(_Picture(IMAGE_LINK_RE, self), "image_link", 150)
        self.parser.blockprocessors.register(_Counter(self), "counter", 200)
        for pattern in (one for one in self.inlinePatterns if isinstance(one, LinkInlineProcessor)):
            vars(pattern).update(getText=self._counted(pattern.getText), getLink=self._counted(pattern.getLink))

    def reset(self) -> "_Reader":
        self.left = EFFORT
        super().reset()
        return self

    def spend(self, signs: int) -> None:
        """Raises InputError where there were too many."""
        self.left -= signs
        if self.left < 0:
            raise InputError("too many of its brackets, headings or rules stand beside each other without an end")

    def _counted(self, look: Callable[[str, int], tuple[Any, ...]]) -> Callable[[str, int], tuple[Any, ...]]:
        def counted(text: str, start: int) -> tuple[Any, ...]:
            found = look(text, start)
            self.spend(found[-2] - start)  # where it ended
            return found

        return counted


class _Counter(BlockProcessor):
    """Takes no block: it counts how much text the others look at."""

    def __init__(self, reader: _Reader) -> None:
        super().__init__(reader.parser)
        self.reader = reader

    def test(self, parent: Element, block: str) -> bool:
        self.reader.spend(len(block))
        return False


@cache
def _reader() -> _Reader:
    return _Reader()


def _resolved(reference: re.Match[str]) -> str:
    """A character by its name or number, be it one that no text may hold."""
    known = reference[0] if len(reference[1]) < MOST_DIGITS else "\ufffd"
    return escape(CONTROL.sub("", unescape(known)))
