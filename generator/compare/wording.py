"""How a text reads otherwise than before: its paragraphs with what was taken away and what was added."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

TOKEN = re.compile(r"[A-Za-z0-9_\u00c0-\u024f.,%−-]+|\s+|.", re.DOTALL)  # a word, a gap, or one character of others
MOST, PARAGRAPHS = 3_000, 400  # tokens of a paragraph and paragraphs of a text that are compared one by one

Kind = Literal["kept", "gone", "new"]


@dataclass(frozen=True)
class Piece:
    """A stretch of a paragraph."""

    kind: Kind
    text: str


def marked(before: str, now: str) -> tuple[tuple[Piece, ...], ...]:
    """The paragraphs that differ, in the order in which one reads them."""
    old, new = (re.split(r"\n{2,}", text.strip())[:PARAGRAPHS] if text.strip() else [] for text in (before, now))
    return tuple(_paragraphs(old, new))


def _paragraphs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[Piece, ...]]:
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        both = min(j - i, m - k)
        yield from (tuple(_pieces(*pair)) for pair in zip(old[i : i + both], new[k : k + both], strict=True))
        yield from ((Piece("gone", text),) for text in old[i + both : j])
        yield from ((Piece("new", text),) for text in new[k + both : m])


def _pieces(old: str, new: str) -> Iterator[Piece]:
    """The words of one paragraph; all of it anew where most of it is."""
    one, other = TOKEN.findall(old), TOKEN.findall(new)
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if max(len(one), len(other)) > MOST or matcher.quick_ratio() < 0.3 or matcher.ratio() < 0.3:
        yield from (Piece("gone", old), Piece("new", new))
        return
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind == "equal":
            yield Piece("kept", "".join(one[i:j]))
            continue
        yield from (Piece("gone", "".join(one[i:j])),) if j > i else ()
        yield from (Piece("new", "".join(other[k:m])),) if m > k else ()
