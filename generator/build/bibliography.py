"""The works that a report cites: where they stand in the spec, what its texts cite, and the section that lists them."""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from generator.build.stamp import fingerprint
from generator.errors import InputError, SpecError
from generator.limits import Limits
from generator.pages.citations import SECTION, Cited, Library, cited, library
from generator.pages.page import PageSection
from generator.pages.reader import Reader
from generator.spec.grammar import Question
from generator.spec.report import Report
from generator.text import Passage, Prose, Text


def library_of(report: Report) -> Library | None:
    """The works of a report, if it names any; raises SpecError where they cannot be read."""
    asked = report.references
    if asked is None:
        return None
    seen = repr([fingerprint(file) for file in asked.files])
    try:
        return _read(asked.file, asked.style, report.limits, seen)
    except InputError as error:
        raise SpecError((report.source.problem("references", str(error)),)) from error


@lru_cache(maxsize=4)
def _read(file: Path, style: str, limits: Limits, seen: str) -> Library:
    """Once for each state of the files, which `seen` tells apart."""
    return library(file, style, limits)


def citing(report: Report, reader: Reader) -> tuple[Reader, tuple[PageSection, ...]]:
    """The reader for whom citations are set, and the list of the works; raises SpecError where they cannot be."""
    works = library_of(report)
    if works is None:
        return reader, ()
    languages = reader.words.languages
    texts = [text for question in report.built for text in _texts(question)]
    try:
        found = cited(works, {language: [reader.say(text, language) for text in texts] for language in languages})
    except InputError as error:
        raise SpecError((report.source.problem("references", str(error)),)) from error
    if not found.lists:
        return reader, ()

    def say(text: Text, language: str) -> str:
        return found.within(reader.say(text, language), language)

    return replace(reader, say=say), (_section(found, reader),)


def _texts(question: Question) -> Iterator[Text]:
    """Every Markdown of a question, about as it is read."""
    yield from (question.prompt, question.answer)
    for figure in question.figures:
        yield from (figure.caption, *figure.notes.values())


def _section(found: Cited, reader: Reader) -> PageSection:
    listed = Prose({language: Passage(text, language) for language, text in found.lists.items()})
    return PageSection(SECTION, reader.words("page.references"), (listed,), closing=True)
