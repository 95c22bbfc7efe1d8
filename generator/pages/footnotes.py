"""Footnotes of a text that is shown in pieces: counted through all of it, each with the piece that refers to it."""

import re
from collections.abc import Iterator, Sequence
from functools import partial

from generator.pages.markdown_reader import fences, outside_code

BEGINS = re.compile(r" {0,3}\[\^([^\]\n]+)\]:")
NO_WORDS = re.compile(r"(`+)[^`]+\1|\$[^$\n]+\$")  # code and formulas
REFERRED = re.compile(r"\[\^([^\]\n]+)\](?!:)")


def spread(texts: Sequence[str], name: str) -> list[str]:
    """The texts with their footnotes as `[^q-name.1]`, by the order in which they are referred to first.

    What a text says of one stands at its end, in each that refers to it.
    """
    if not any("[^" in text for text in texts):
        return list(texts)
    cut = [_cut(text) for text in texts]
    said = {label: words for _, notes in cut for label, words in reversed(notes.items())}
    named: dict[str, str] = {}
    return [_labelled(body, said, named, name) for body, _ in cut]


def inlined(text: str) -> str:
    """A text with what its footnotes say in brackets, for a line that has no place for them."""
    if "[^" not in text:
        return text
    body, notes = _cut(text)
    said = {label: f" ({' '.join(words.split())})" for label, words in notes.items()}
    return REFERRED.sub(lambda found: said.get(found[1], found[0]), body)


def astray(text: str) -> Iterator[tuple[str, bool]]:
    """Labels that a text refers to without a note, and those of notes to which nothing refers, with True."""
    body, notes = _cut(text)
    lines = [line for part in (body, *notes.values()) for line, fenced in fences(part.split("\n")) if not fenced]
    referred = dict.fromkeys(REFERRED.findall(NO_WORDS.sub("", "\n".join(lines))))
    yield from ((label, False) for label in referred if label not in notes)
    yield from ((label, True) for label in notes if label not in referred)


def _cut(text: str) -> tuple[str, dict[str, str]]:
    """A text without what it says of its footnotes, and that by their labels."""
    body: list[str] = []
    notes: dict[str, list[str]] = {}
    into, blank = body, False
    for line, fenced in fences(text.split("\n")):
        begins = None if fenced else BEGINS.match(line)
        if begins:
            into, line = notes.setdefault(begins[1], []), line[begins.end() :].lstrip()
        elif into is not body and blank and line.strip() and not line.startswith(("    ", "\t")):
            into = body
        blank = not line.strip()
        into.append(line)
    return "\n".join(body), {label: "\n".join(lines).rstrip() for label, lines in notes.items()}


def _labelled(body: str, said: dict[str, str], named: dict[str, str], name: str) -> str:
    """A text with its footnotes under the labels that they have by their number."""
    here: dict[str, str] = {}

    def label(found: re.Match[str]) -> str:
        if found[1] not in said:
            return found[0]
        here[found[1]] = named.setdefault(found[1], f"q-{name}.{len(named) + 1}")
        return f"[^{here[found[1]]}]"

    shown = outside_code(body, partial(REFERRED.sub, label))
    return "\n\n".join((shown.rstrip(), *(f"[^{label}]: {said[own]}" for own, label in here.items())))
