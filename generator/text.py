"""A text in several languages, where a missing translation is stood in for, never invented.

And what becomes of a name within somebody else's sentence: no sign of it is Markdown, and it turns no other word.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from generator.languages import nearest, numeral

OPENERS, ISOLATES = "\u202a\u202b\u202d\u202e", "\u2066\u2067\u2068"
CLOSER, ISOLATE_END = "\u202c", "\u2069"
FIRST_STRONG = ISOLATES[-1]
LEFTWARDS = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
TURNING = re.compile(f"[\u200f{OPENERS}{CLOSER}{ISOLATES}{ISOLATE_END}]")
ISOLATED = re.compile(f"[{ISOLATES}][^{ISOLATES}{ISOLATE_END}]*{ISOLATE_END}")
LEFTWARD_LANGUAGES = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
SIGNS = re.compile(r"[\\`*\[\]<>&#|~$]|(?<!\w)_|_(?!\w)|^(?:[-+=]+|\d{1,9}[.)])(?=\s|$)")  # taken for Markdown's
UNKNOWN, UNSAID = "–", "\ue001"  # what a value prints that is not known, and what stands for it in a text
ASIDE = 0xF0000  # private characters, of which no Markdown takes any for its own


def is_leftward(language: str) -> bool:
    """Whether a language is written from right to left."""
    return language.split("-")[0] in LEFTWARD_LANGUAGES


def isolated(text: str, language: str = "") -> str:
    """A value for a sentence: one that is written in the other direction, or turns it, moves nothing beside itself."""
    leftward = is_leftward(language)
    bare = ISOLATED.sub("", ISOLATED.sub("", text)) if ISOLATE_END in text else text
    other = leftward and any(c.isalpha() and not LEFTWARDS.match(c) for c in bare)
    turns = other or TURNING.search(bare) or (not leftward and LEFTWARDS.search(bare))
    return _closed(text) if turns else text


def _closed(text: str) -> str:
    """Within marks of its own; what it opens ends with it, and it ends nothing that it has not begun."""
    kept, ends = [], [ISOLATE_END]
    for character in text:
        if character in (CLOSER, ISOLATE_END):
            if character not in ends[1:]:
                continue
            while ends.pop() != character:
                pass
        elif character in OPENERS + ISOLATES:
            ends.append(CLOSER if character in OPENERS else ISOLATE_END)
        kept.append(character)
    return FIRST_STRONG + "".join((*kept, *reversed(ends)))


def literal(text: str) -> str:
    """A value for Markdown, on one line: the signs that might be taken for it are put aside until it is read."""
    line = re.sub(r"[ \t\n\r\f\v]+", " ", text).strip(" ")
    return SIGNS.sub(lambda sign: sign[0][:-1] + chr(ASIDE + ord(sign[0][-1])), line)


def spelled(text: str, sign: Callable[[str], str] = str) -> str:
    """What was put aside as it is written, or as `sign` writes it."""
    return LAID_ASIDE.sub(lambda one: sign(chr(ord(one[0]) - ASIDE)), text)


LAID_ASIDE = re.compile(f"[{chr(ASIDE + 0x20)}-{chr(ASIDE + 0x7E)}]")


@dataclass(frozen=True)
class Text:
    """One text by BCP 47 language; the key '*' holds one that is the same in every language, but for its numbers."""

    by_language: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, value: "str | Text") -> "Text":
        return value if isinstance(value, Text) else cls({"*": value})

    def in_language(self, language: str, *fallbacks: str) -> str:
        """The text in `language`, else in the first fallback that has it, else in any; '' when empty."""
        found = next((key for one in (language, *fallbacks) if (key := self.spoken(one))), "")
        if found == "*":
            return numeral(self.by_language["*"], language)
        return self.by_language[found] if found else next(iter(self.by_language.values()), "")

    def spoken(self, language: str) -> str:
        """The tag of the text that readers of a language understand, '*' for one that all do; '' where none is."""
        if language in self.by_language:
            return language
        return "*" if "*" in self.by_language else nearest(language, self.by_language)

    def missing(self, languages: tuple[str, ...]) -> tuple[str, ...]:
        """The languages that somebody else's text stands in for; none for an empty text."""
        return tuple(one for one in languages if not self.spoken(one)) if self.by_language else ()

    def __bool__(self) -> bool:
        return bool(self.by_language)

    def __hash__(self) -> int:
        return hash(frozenset(self.by_language.items()))

    def __getitem__(self, language: str) -> str:
        """The text in a language; of a page's texts none is missing."""
        return self.in_language(language)

    def __add__(self, other: "Text | str") -> "Text":
        return woven(lambda first, second: first + second, self, other)


def bilingual(en: str, zh: str) -> Text:
    """A text of the project's own two languages."""
    return Text({"en": en, "zh-Hant": zh})


def woven(weave: Callable[..., str], *texts: Text | str) -> Text:
    """One text of several, language by language; each has the languages of the others, or is the same in all."""
    several = [Text.of(text) for text in texts]
    languages = dict.fromkeys(key for text in several for key in text.by_language if key != "*") or ("*",)
    return Text({language: weave(*(text[language] for text in several)) for language in languages})


@dataclass(frozen=True)
class Passage:
    """Markdown whose Jinja is rendered; `language` is the one it is written in, a stand-in's where one is missing."""

    source: str
    language: str


@dataclass(frozen=True)
class Prose:
    """A passage for readers of each language; none where nothing is said to them."""

    by_language: Mapping[str, Passage]

    def __getitem__(self, language: str) -> Passage | None:
        return self.by_language.get(language)

    def __bool__(self) -> bool:
        return bool(self.by_language)
