"""The words of a PDF in one or several languages: what parallel pages say, side by side.

A text is a list of `[language, text]`: one entry where all say the same, none where nobody says anything.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from generator.pages.content import Detail, Prose
from generator.pages.prose_html import tree
from generator.paper.equations import Node
from generator.paper.prose import blocks, breakable, spaced
from generator.words import Words

T = TypeVar("T")
U = TypeVar("U")
Said = list[list[str]]


def zipped(parallel: Sequence[T], parts: Callable[[T], Sequence[U]]) -> Iterator[tuple[U, ...]]:
    """The parts of parallel things, tuple by tuple: the first of each, the second of each …"""
    return zip(*(parts(thing) for thing in parallel), strict=True)


@dataclass(frozen=True)
class Tongues:
    """The languages of a document with their words, in its order."""

    words: tuple[Words, ...]

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(words.language for words in self.words)

    def word(self, key: str, **values: object) -> Said:
        """A word of the interface in every language."""
        return self.say(words(key, **values) for words in self.words)

    def filled(self, key: str, place: str, values: Iterable[str]) -> Said:
        """A word with a value of each language in its place; nothing where there is no value."""
        both = zip(self.words, values, strict=True)
        return self.say(words(key, **{place: value}) if value else "" for words, value in both)

    def say(self, texts: Iterable[str]) -> Said:
        """Parallel plain texts, one a language."""
        said = zip(self.languages, texts, strict=True)
        different = {text: language for language, text in reversed(list(said)) if text}
        return [[language, breakable(spaced(text).strip())] for text, language in reversed(different.items())]

    def prose(self, parallel: Iterable[Prose | None], level: int = 2) -> list[Node]:
        """Parallel Markdown; a stand-in of another language is said once."""
        different = {prose.source: prose.language for prose in parallel if prose and prose.source.strip()}
        return [{"lang": lang, "blocks": blocks(tree(source), level)} for source, lang in different.items()]

    def details(self, parallel: Sequence[Sequence[Detail]]) -> list[Node]:
        """Named facts, each with its name and value in every language."""
        return [
            {"label": self.say(d.label for d in same), "value": self.say(d.value for d in same)}
            for same in zip(*parallel, strict=True)
        ]


def one_line(texts: Iterable[str]) -> str:
    """Parallel texts where only one string is possible: metadata, alternative texts."""
    return " / ".join(dict.fromkeys(" ".join(text.split()) for text in texts if text.strip()))
