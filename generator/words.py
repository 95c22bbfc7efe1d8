"""The words of the interface: one YAML file a language, overridden key by key from a folder beside the spec."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from generator.errors import InputError, SpecError, suggestion
from generator.languages import meant, numeral, usual, wider
from generator.shipped import TEMPLATES, lies_within
from generator.text import Text, is_leftward, isolated
from generator.yaml_source import read

NAME = "language.name"
COMPLETE = "en"  # the language whose file has every key
EDGE = "\ue001"  # of a value within words, until they are joined
CHARACTER, LATIN = "[\u3400-\u9fff\uf900-\ufaff]", "[A-Za-z0-9]"
TOUCHING = re.compile(f"(?<={CHARACTER}){EDGE}+(?={LATIN})|(?<=[A-Za-z0-9+%]){EDGE}+(?={CHARACTER})")


@dataclass(frozen=True)
class Words:
    """The interface in one language by dotted key; `missing` are the keys that English stands in for.

    `things`, what the pictures show, fills the place of that name wherever it is.
    """

    language: str
    entries: Mapping[str, str]
    missing: tuple[str, ...] = ()
    things: str = ""

    def __call__(self, key: str, **values: object) -> str:
        """The words of `key`, with its `{places}` filled; raises InputError for a key or place that does not exist."""
        if key not in self.entries:
            raise InputError(f"no word '{key}' in templates/words{suggestion(key, tuple(self.entries))}")
        text = self.entries[key]
        things = {"things": self.things or self.entries["things"]} if "{things}" in text else {}
        placed = {name: self._value(v) if isinstance(v, str) else v for name, v in values.items()}
        try:
            return self._joined(text.format(**placed, **things)) if placed or things else text
        except (KeyError, IndexError, ValueError) as error:
            raise InputError(f"words/{self.language}.yaml: {key}: no such place: {error}") from error

    @property
    def apart(self) -> str:
        """What stands between a character of the language and a Latin letter or a number; '' where nothing does."""
        return self.entries.get("punctuation.apart", "")

    @property
    def leftward(self) -> bool:
        """Whether it is written from right to left."""
        return is_leftward(self.language)

    def number(self, text: str) -> str:
        """A number that is written as in English, as this language writes it; anything else as it is."""
        return numeral(text, self.language)

    def _value(self, value: str) -> str:
        text = isolated(self.number(str(value)), self.language)
        return EDGE + text + EDGE if self.apart else text

    def _joined(self, text: str) -> str:
        """Values have the language's distance from the words beside them; within they stay as they are."""
        return TOUCHING.sub(self.apart, text).replace(EDGE, "") if EDGE in text else text

    def has(self, key: str) -> bool:
        return key in self.entries

    def count(self, key: str, n: int, **values: object) -> str:
        """The words for a number of things: `<key>.one` for one where the language has it, else `<key>.other`."""
        one = f"{key}.one"
        return self(one if n == 1 and one in self.entries else f"{key}.other", n=f"{n:,}", **values)

    def listed(self, items: Sequence[str]) -> str:
        """'a, b and c' as the language writes it; of two numbers each stands apart from a character."""
        items = [self.number(item) for item in items]
        if len(items) < 2:
            return "".join(items)
        last = self("punctuation.and")
        last = f"{self.apart}{last}{self.apart}" if (items[-2][-1:] + items[-1][:1]).isdigit() else last
        return self("punctuation.comma").join(items[:-1]) + last + items[-1]


@dataclass(frozen=True)
class Interface:
    """The interface in several languages at once, in the order of the report: what it says is a text in all of them."""

    by_language: Mapping[str, Words]

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.by_language)

    def each(self, said: Callable[[Words], str]) -> Text:
        """What is said with the words of each language."""
        return Text({language: said(words) for language, words in self.by_language.items()})

    def __call__(self, key: str, **values: object) -> Text:
        """The words of `key`; of a value that is a text each language gets its own."""
        return self.each(lambda words: words(key, **_in(words.language, values)))

    def known(self, key: str, otherwise: Text | str = "", **values: object) -> Text:
        """The same, and something else in a language that has no such words."""
        default = Text.of(otherwise)
        return self.each(
            lambda words: words(key, **_in(words.language, values)) if words.has(key) else default[words.language]
        )

    def has(self, key: str) -> bool:
        """Whether any of the languages has such words."""
        return any(words.has(key) for words in self.by_language.values())

    def count(self, key: str, n: int) -> Text:
        return self.each(lambda words: words.count(key, n))

    def joined(self, items: Iterable[Text | str], key: str = "punctuation.comma") -> Text:
        """Pieces of a line, 'a, b, c' without an 'and', or with other words between them; empty for none."""
        texts = [Text.of(item) for item in items]
        return self.each(lambda words: words(key).join(text[words.language] for text in texts)) if texts else Text()

    def listed(self, items: Iterable[Text | str]) -> Text:
        """'a, b and c' as each language writes it; empty for none."""
        texts = [Text.of(item) for item in items]
        return self.each(lambda words: words.listed([text[words.language] for text in texts])) if texts else Text()

    def bracketed(self, text: Text) -> Text:
        return self("punctuation.open") + text + self("punctuation.close")

    def under(self, prefix: str) -> Mapping[str, Text]:
        """The words below a key, by the rest of theirs, in the languages that have them."""
        spoken, start = self.by_language.items(), f"{prefix}."
        keys = dict.fromkeys(key for _, words in spoken for key in words.entries if key.startswith(start))
        return {
            key.removeprefix(start): Text({code: words(key) for code, words in spoken if words.has(key)})
            for key in keys
        }


def _in(language: str, values: Mapping[str, object]) -> dict[str, object]:
    return {place: value[language] if isinstance(value, Text) else value for place, value in values.items()}


def interface(
    languages: Iterable[str],
    folders: Sequence[Path] = (TEMPLATES,),
    things: Text = Text(),  # noqa: B008, frozen
) -> Interface:
    """The words of several languages, for pictures of such `things`; InputError where no file speaks one of them."""
    known = {language: load(language, folders) for language in languages}
    return Interface({code: replace(words, things=things.in_language(code, *known)) for code, words in known.items()})


def load(language: str, folders: Sequence[Path] = (TEMPLATES,)) -> Words:
    """The words of a language, the first folder's before the others'; InputError where no file speaks it."""
    files = [file for tag in reversed(wider(language)) for file in files_of(tag, folders)]
    if not files:
        file, command = f"templates/words/{language}.yaml", f"`python -m generator words {language}`"
        add = f": add {file} beside the spec; {command} writes one to fill in"
        raise InputError(f"no words for the language '{language}'{meant(language) or add}")
    own, complete = _merged(files), _merged(files_of(COMPLETE, folders))
    missing = tuple(key for key in complete if key not in own and not key.endswith(".one"))
    stand_ins = {key: complete[key] for key in missing}
    if NAME in stand_ins:
        stand_ins[NAME] = language  # 'English' would be the name of another
    return Words(language, {**stand_ins, **own}, missing)


def folders_beside(folder: Path) -> tuple[Path, ...]:
    """Where templates and words are looked for: beside the spec first, file by file."""
    own = folder / "templates"
    return (own, TEMPLATES) if own.is_dir() and own.resolve() != TEMPLATES else (TEMPLATES,)


def speaks(language: str) -> bool:
    """Whether the project itself speaks it; its own files are complete, so that nobody has to read them to know."""
    return any(files_of(tag, (TEMPLATES,)) for tag in wider(language))


def files_of(tag: str, folders: Sequence[Path]) -> list[Path]:
    """Those that speak exactly this language, however their name spells it; each overrides those before it."""
    found = [file for folder in reversed(folders) for file in sorted((folder / "words").glob("*.yaml"))]
    return [file for file in found if usual(file.stem) == tag and file.is_file()]


def _merged(files: Iterable[Path]) -> dict[str, str]:
    return {key: text for file in files for key, text in _entries(file, file.stat().st_mtime_ns).items()}


@cache
def _entries(file: Path, changed: int) -> Mapping[str, str]:
    """The words of one file, read once for each time it was changed; SpecError for what no sentence can be made of."""
    if file.is_relative_to(TEMPLATES):
        return _said(dict(flat(read(file).data)))
    if not lies_within(file, file.parents[1]):
        raise InputError(f"{file}: a link that leads out of the report's folder")
    source = read(file)
    written, ours = dict(flat(source.data)), _merged(files_of(COMPLETE, (TEMPLATES,)))
    wrong = {key: _wrong(key, value, ours) for key, value in written.items()}
    if problems := tuple(source.problem(key, message) for key, message in wrong.items() if message):
        raise SpecError(problems)
    return _said(written)


def _said(written: Mapping[str, Any]) -> dict[str, str]:
    """A key without words is one that nobody has translated yet."""
    return {key: str(value) for key, value in written.items() if value is not None}


def _wrong(key: str, value: object, ours: Mapping[str, str]) -> str:
    """What is wrong with one entry of somebody else's words; '' where nothing is."""
    within = next((one for one in ours if one.startswith(f"{key}.")), "")
    if value is not None and within:
        return f"'{key}' is a group of words, such as '{within}'"
    if isinstance(value, list):
        return "has to be a text"
    return "" if value is None else _misplaced(str(value), ours.get(key))


def _misplaced(text: str, ours: str | None) -> str:
    """What is wrong with the places of somebody else's words, beside those of ours; '' where nothing is."""
    try:
        places = [(name, width, sign) for _, name, width, sign in Formatter().parse(text) if name is not None]
        known = [name for _, name, _, _ in Formatter().parse(ours or "") if name]
    except ValueError as error:
        return f"{error}; a brace that is none of a place is written twice"
    named = ", ".join(f"{{{name}}}" for name in dict.fromkeys(known)) or "none"
    for name, width, sign in places:
        if not name.isidentifier() or sign or not re.fullmatch(r"|,|\.\d[f%]|\d{1,2}", width or ""):
            return f"'{{{name}}}' is no place; it has {named}"
        if ours is not None and name not in (*known, "things"):
            return f"unknown place '{{{name}}}'; it has {named}"
    return ""


def flat(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted keys: `{legend: {low: x}}` gives `legend.low`."""
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value
