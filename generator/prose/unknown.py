"""What a text would say of a value that is not known: the sentence is left out, a cell of a table keeps the dash.

The sandbox puts a mark where such a value is printed; what stands in code or in a table is no sentence.
"""

import re
from collections.abc import Iterator

from generator.text import UNKNOWN, UNSAID

FENCE = re.compile(r"\s{0,3}(?:```|~~~)")
MARK = re.compile(r"\s*(?:(?:[-*+>]|#{1,6}|\d{1,9}[.)])\s+)*")  # of an item, a quotation, a heading
APART = re.compile(r"\s*(?:[-*+>]\s|#{1,6}\s|\d{1,9}[.)]\s|\[\[figure:)")  # a line that goes on with no sentence
NOTES = r"(?:\[\^[^\]\n]+\])*"  # references to footnotes, which belong to the sentence before them
ENDS = rf"[。！？][」』”’）*_]*{NOTES}|(?<!\b[^\W\d])(?<!\.\w)[.!?][”’\"')*_]*{NOTES}(?=\s|$)"
SENTENCE = re.compile(rf"\s*(?=\S).*?(?:{ENDS}|$)", re.DOTALL)


def without_unknown(text: str) -> tuple[str, tuple[tuple[int, str], ...]]:
    """The text with what it can say, and each sentence that is left out with the line it begins on, from 1."""
    if UNSAID not in text:
        return text, ()
    kept: list[str] = []
    lost: list[tuple[int, str]] = []
    for line, block, prose in _blocks(text.split("\n")):
        said, unsaid = _said(block) if prose and UNSAID in block else (block, ())
        lost += ((line, sentence.strip().replace(UNSAID, UNKNOWN)) for sentence in unsaid)
        kept += [said.replace(UNSAID, UNKNOWN)] if said or not block else []
    return "\n".join(kept), tuple(lost)


def _said(block: str) -> tuple[str, tuple[str, ...]]:
    """What is left of a paragraph, '' where nothing is, and the sentences that are not."""
    mark = MARK.match(block)
    begin = mark.end() if mark else 0
    sentences = SENTENCE.findall(block[begin:])
    unsaid = tuple(one for one in sentences if UNSAID in one)
    said = "".join(one for one in sentences if UNSAID not in one).lstrip()
    return block[:begin] + said if said else "", unsaid


def _blocks(lines: list[str]) -> Iterator[tuple[int, str, bool]]:
    """Paragraphs, items and headings with their first line, and whether each is prose."""
    begin, fenced = 0, False
    for number, line in enumerate(lines):
        fenced ^= bool(FENCE.match(line))
        if number + 1 < len(lines) and not _parted(line, lines[number + 1], fenced):
            continue
        block = lines[begin : number + 1]
        prose = not (fenced or FENCE.match(block[0]) or block[0].lstrip().startswith("|"))
        yield begin + 1, "\n".join(block), prose
        begin = number + 1


def _parted(line: str, following: str, fenced: bool) -> bool:
    """Whether nothing goes on from a line to the next; within a block of code everything does."""
    if fenced:
        return False
    fences = FENCE.match(line) or FENCE.match(following)
    tabled = line.lstrip().startswith("|") != following.lstrip().startswith("|")
    return bool(fences or tabled or not (line.strip() and following.strip()) or APART.match(following))
