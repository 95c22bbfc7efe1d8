"""Characters of a spec that the PDF could not print, found before anything is computed."""

from collections.abc import Iterator

from generator.drawing.fonts import missing_characters
from generator.errors import Problem, SpecError
from generator.spec.report import Report
from generator.yaml_source import child


def check_glyphs(report: Report) -> None:
    """Raises SpecError with every line that has a character no font of the PDF has."""
    problems = tuple(_problems(report))
    if problems:
        raise SpecError(problems)


def _problems(report: Report) -> Iterator[Problem]:
    for path, text in report.texts():
        for language, source in text.by_language.items():
            place = path if language == "*" else child(path, language)
            lacking = [(line, missing_characters(words)) for line, words in enumerate(source.splitlines(), 1)]
            yield from (report.source.problem_in_text(place, line, _message(c)) for line, c in lacking if c)


def _message(characters: str) -> str:
    """The characters with their numbers: one may be invisible or look like another."""
    named = ", ".join(f"'{c}' (U+{ord(c):04X})" for c in characters)
    return f"no font of the PDF has {named}; leave it out, or build without the PDF (--formats html,md)"
