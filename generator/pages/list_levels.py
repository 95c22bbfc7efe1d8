"""Lists as people write them, set in as the converter reads them: by four spaces a level.

People set a list in by two spaces or by the width of its mark, begin it below a line of text, and put code between
fences into an item; that is what CommonMark and GitHub read.
"""

import re
from collections.abc import Iterator

from generator.pages.markdown_reader import FENCE, RULE, closes, fences

ITEM = re.compile(r"([-+*]|\d{1,9}[.)])( +(?=\S)|$)")
BLOCK = re.compile(r"#{1,6} |>|`{3}|~{3}")  # begins anew, whatever stands above
QUOTED = re.compile(r"> ?")
DEEPEST = 8  # quotations within each other
CODED = "\ue012"  # stands before the language of a block of code in an item
LEVEL = "    "


def levelled(text: str, depth: int = 0) -> str:
    """The text with every item of a list, and what belongs to it, set in by four spaces a level."""
    lines = list(fences(text.split("\n"), in_items=False))
    out: list[str] = []
    start = 0
    while start < len(lines):
        quoted = _quoted(lines, start)
        end = start + max(quoted, 1)
        while not quoted and end < len(lines) and not _quoted(lines, end):
            end += 1
        if quoted:
            inner = "\n".join(QUOTED.sub("", line, count=1) for line, _ in lines[start:end])
            out += [
                f"> {line}".rstrip() for line in (levelled(inner, depth + 1) if depth < DEEPEST else inner).split("\n")
            ]
        else:
            out += _Levels(lines[start:end]).lines()
        start = end
    return "\n".join(out)


def _quoted(lines: list[tuple[str, bool]], start: int) -> int:
    """How many lines from here on are a quotation that begins at the margin."""
    end = start
    while end < len(lines) and not lines[end][1] and QUOTED.match(lines[end][0]):
        end += 1
    return end - start


class _Levels:
    """The items that a line stands in, each by the column at which what belongs to it begins."""

    def __init__(self, lines: list[tuple[str, bool]]) -> None:
        self.given = lines
        self.stack: list[int] = []
        self.blank = True  # the line above is, or there is none
        self.text = False  # the line above is words, and no item
        self.apart = False  # and they are a paragraph of their own
        self.code = ""  # a fence that opens in an item

    def lines(self) -> Iterator[str]:
        number = 0
        while number < len(self.given):
            line, fenced = self.given[number]
            number += 1
            if fenced or not line.strip():
                self.stack, self.blank, self.text = [] if fenced else self.stack, not fenced, False
                yield line
                continue
            yield from self._line(line)
            if self.code:
                number, code = self._code(number)
                yield from code

    def _line(self, line: str) -> Iterator[str]:
        body = line.lstrip(" ")
        indent, self.code = len(line) - len(body), ""
        item = None if RULE.match(body) else ITEM.match(body)
        before = len(self.stack)
        if item or self.blank or BLOCK.match(body) or RULE.match(body):
            while self.stack and indent < self.stack[-1]:
                self.stack.pop()
        further = max(0, indent - (self.stack[-1] if self.stack else 0))
        item = item if further < len(LEVEL) else None
        new = before <= len(self.stack)
        if item and new and self.text and item[1][0].isdigit() and item[1][:-1] != "1":
            item = None  # a number at the head of a line of words
        if item and self.text and (new or self.apart):
            yield ""
        elif not item and before > len(self.stack) and not self.blank:
            yield ""  # a heading or a rule right below a list
        prefix = LEVEL * len(self.stack)
        if item:
            yield f"{prefix}{item[1]} {body[item.end() :]}".rstrip()
            self.stack.append(indent + len(item[1]) + (len(item[2]) if 0 < len(item[2]) <= len(LEVEL) else 1))
        elif self.stack and FENCE.fullmatch(body) and further < len(LEVEL):
            self.code = body
        else:
            lazy = self.stack and indent < self.stack[-1]
            yield line if not self.stack else prefix + ("" if lazy else " " * further) + body
        self.apart = not item and (self.blank or self.apart)
        self.blank, self.text = False, not item

    def _code(self, number: int) -> tuple[int, list[str]]:
        """Code between fences in an item as code that is set in, below its language; and where it goes on."""
        fence = FENCE.fullmatch(self.code)
        opened, language = (fence[1], fence[2].strip()) if fence else ("", "")
        end = next((k for k in range(number, len(self.given)) if closes(self.given[k][0].strip(), opened)), -1)
        prefix = LEVEL * len(self.stack)
        if end < 0:
            return number, [prefix + self.code]
        within = (line[min(self.stack[-1], len(line) - len(line.lstrip(" "))) :] for line, _ in self.given[number:end])
        self.blank, self.text = True, False
        return end + 1, ["", *(f"{prefix}{LEVEL}{line}" for line in (f"{CODED}{language}", *within)), ""]
