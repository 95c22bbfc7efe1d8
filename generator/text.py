"""A text in several languages, where a missing translation is stood in for, never invented."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Text:
    """One text by BCP 47 language; the key '*' holds a text that is the same in every language."""

    by_language: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, value: "str | Text") -> "Text":
        return value if isinstance(value, Text) else cls({"*": value})

    def in_language(self, language: str, *fallbacks: str) -> str:
        """The text in `language`, else in the first fallback that has it, else in any; '' when empty."""
        for key in (language, "*", *fallbacks):
            if key in self.by_language:
                return self.by_language[key]
        return next(iter(self.by_language.values()), "")

    def missing(self, languages: tuple[str, ...]) -> tuple[str, ...]:
        """The languages that somebody else's text stands in for; none for an empty text."""
        if not self.by_language or "*" in self.by_language:
            return ()
        return tuple(language for language in languages if language not in self.by_language)

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
