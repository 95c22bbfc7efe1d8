"""The file of words that a translator fills in: every key with its English, and with where it stands.

The English file tells where in its comments, methods have theirs beside their code. Comments that are written here
begin with `#.`, so that they are written anew each time; words and comments of one's own stay.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generator.disk import reason, whole_file
from generator.errors import InputError
from generator.methods import load_all
from generator.shipped import TEMPLATES
from generator.words import COMPLETE, files_of, flat, load, speaks
from generator.yaml_source import Source, child, comments, read, scalar

OURS = "#."
WIDTH = 120
HEAD = (
    "The words of the interface in '{language}'. Behind #. stands what the key says in English, and where it is said.",
    "A key without words is said in {otherwise}. What stands in {{braces}} is filled in: keep it, wherever it belongs.",
    "`.one` is for one thing, in languages that say it otherwise than several.",
    "`python -m generator words {language}` adds the keys that are new, and leaves your words and comments.",
)


@dataclass(frozen=True)
class Notes:
    """The comments of a file by the path of the key that they stand at: those above it, and those behind it."""

    above: Mapping[str, list[str]] = field(default_factory=dict)
    behind: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, source: Source) -> "Notes":
        keys = sorted((place.key[0], len(path), path) for path, place in source.places.items() if path)
        above: dict[str, list[str]] = {}
        behind: dict[str, str] = {}
        for line, comment in comments(source.text).items():
            at, _, path = next((key for key in keys if key[0] >= line), (0, 0, ""))
            if at == line:
                behind[path] = comment
            else:
                above.setdefault(path, []).append(comment)
        return cls(above, behind)

    def own(self, path: str) -> list[str]:
        """What a translator has noted there."""
        noted = (*self.above.get(path, ()), *filter(None, (self.behind.get(path, ""),)))
        return [comment for comment in noted if not comment.startswith(OURS)]


@dataclass(frozen=True)
class WordsFile:
    """The file of a language: `english` is every word as it is written with what is noted there, `theirs` and `noted`
    what was in the file, `known` what the project says in this language."""

    language: str
    english: Mapping[str, Any]
    places: Notes
    theirs: Mapping[str, Any]
    noted: Notes
    known: Mapping[str, str]

    def text(self) -> str:
        otherwise = "the project's own words" if self.known else "English"
        head = [f"{OURS} {line.format(language=self.language, otherwise=otherwise)}" for line in HEAD]
        return "\n".join([*head, *self._group(self.english, self.theirs, ""), *self.noted.own(""), ""])

    def _group(self, english: Mapping[str, Any], theirs: Mapping[str, Any], path: str) -> Iterator[str]:
        """Every key in the order of the English file, then the translator's own."""
        indent = "  " * (path.count(".") + 1) if path else ""
        for key in dict.fromkeys((*english, *theirs)):
            at, words, own = child(path, key), english.get(key), theirs.get(key)
            yield from ("" for _ in range(not path))
            yield from (f"{indent}{comment}" for comment in self.noted.own(at))
            if isinstance(words, Mapping) or isinstance(own, Mapping):
                yield from (f"{indent}{OURS} {note}" for note in self._where(at))
                yield f"{indent}{scalar(key)}:"
                yield from self._group(words or {}, own or {}, at)
            else:
                said = f"{indent}{scalar(key)}:" + (f" {scalar(str(own))}" if own is not None else "")
                yield from self._beside(said, f"{OURS} {self._meaning(at, words)}" if key in english else "", indent)

    def _where(self, at: str) -> list[str]:
        """What the English file notes right above a key, or behind it."""
        notes = [*self.places.above.get(at, ())[-1:], *filter(None, (self.places.behind.get(at),))]
        return [note.removeprefix("#").strip() for note in notes]

    def _meaning(self, at: str, words: object) -> str:
        """The English, what the project says in this language, and where."""
        shown = [str(words), *filter(None, (self.known.get(at),))]
        quoted = (f'"{one}"' if one.strip() != one or not one else one for one in shown)
        return " | ".join(quoted) + "".join(f"  ({note})" for note in self._where(at))

    def _beside(self, said: str, comment: str, indent: str) -> Iterator[str]:
        """A comment behind the words, or above them where both have no room on a line."""
        line = f"{said}  {comment}".rstrip()
        yield from [line] if len(line) <= WIDTH or not comment else [f"{indent}{comment}", said]


def write_words(language: str, folder: Path) -> str:
    """Writes the file of a language beside a report, or adds to it what it lacks; says what is in it.

    Raises InputError for a file that cannot be read, and for a folder that cannot be written.
    """
    beside = folder / "templates"
    there = next(iter(files_of(language, (beside,))), None)
    if there:
        load(language, (beside, TEMPLATES))  # whatever is wrong with it is told first
    file, source = there or beside / "words" / f"{language}.yaml", read(there) if there else None
    words = WordsFile(
        language,
        *_english(),
        source.data if source else {},
        Notes.of(source) if source else Notes(),
        load(language).entries if speaks(language) and language != COMPLETE else {},
    )
    written = dict(flat(words.theirs))
    lacking = sum(key not in written for key, _ in flat(words.english))
    if lacking:
        _write(file, words.text())
    empty = lacking + sum(value is None for value in written.values())
    return f"{file}: {lacking} keys added, {empty} to translate" if empty else f"{file}: every key has words"


def _english() -> tuple[dict[str, Any], Notes]:
    """Every word as it is written, and the comments on where it stands."""
    source = read(TEMPLATES / "words" / f"{COMPLETE}.yaml")
    notes, methods = Notes.of(source), load_all()
    own = {name: {"title": one.title[COMPLETE], "summary": one.summary[COMPLETE]} for name, one in methods.items()}
    method = {**source.data["method"], **own}
    return {**source.data, "method": method}, notes


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(file) as stream:
            stream.write(text.encode())
    except OSError as error:
        raise InputError(f"{file}: cannot be written: {reason(error)}") from error
