"""What the texts of a spec bring with them: characters, formulas, and the pictures beside it that they show.

All of it is looked at in the spec as it is written, and again in what its expressions make of it.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from generator.build.bibliography import library_of
from generator.build_options import BuildOptions
from generator.data.decoding import as_it_is
from generator.drawing.fonts import missing_characters
from generator.errors import DataError, InputError, Problem, SpecError
from generator.limits import Limits
from generator.pages.addresses import PICTURES, beside
from generator.pages.citations import citations, keys_in
from generator.pages.footnotes import astray
from generator.pages.prose_html import parsed
from generator.spec.report import Report
from generator.words import load, speaks
from generator.yaml_source import child

MARKDOWN = re.compile(r"questions\[\d+\]\.(?:figures\[\d+\]\.)?(?:prompt|answer|caption|notes)\b")
EXPRESSION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
CURE = "build without the PDF (--formats html,md)"
OPEN = "\ue000"  # stands for an expression, of which nobody knows yet what it says


def check_texts(report: Report, options: BuildOptions) -> None:
    """Raises SpecError with every picture that cannot be shown and, for a PDF, every character that no font has."""
    library_of(report)
    problems = [problem for path, source in _written(report) for problem in wrong_in(report, path, unsaid(source))]
    problems += _unprintable(report) if "pdf" in options.formats else ()
    if problems:
        raise SpecError(tuple(dict.fromkeys(problems)))


def unset_parts(report: Report) -> Iterator[Problem]:
    """Formulas, footnotes and citations that are not set, as far as the spec has them whole."""
    for path, source in _written(report):
        yield from unset_in(report, path, unsaid(source))
        for cited in citations(source) if report.references is None and "[" in source else ():
            if cited.startswith("["):
                message = f"{cited:.80} stands as it is written: no works are named; `references: refs.bib` does that"
                yield report.source.problem_in_text(path, _line(source, cited), message)
        for label, said in astray(unsaid(source)) if "[^" in source else ():
            what = (
                "nothing refers to it, and it is left out" if said else "nothing says what it is; it stands as written"
            )
            line = _line(source, f"[^{label}]:" if said else f"[^{label}]")
            yield report.source.problem_in_text(path, line, f"the footnote [^{label}]: {what}")


def wrong_in(report: Report, path: str, text: str) -> Iterator[Problem]:
    """What cannot be shown of a text: pictures that are elsewhere or none, works that nobody knows, all of it."""
    try:
        addresses = parsed(text).pictures
    except InputError as error:
        yield report.source.problem_in_text(path, 1, str(error))
        return
    works = library_of(report) if "@" in text else None
    for key in dict.fromkeys(keys_in(text)):
        if works and key not in works.keys:
            yield report.source.problem_in_text(path, _line(text, f"@{key}"), works.unknown(key))
    for address in (one for one in dict.fromkeys(addresses) if OPEN not in one):
        try:
            picture(report.folder, address, report.limits)
        except DataError as error:
            yield report.source.problem_in_text(path, _line(text, address), str(error))


def unset_in(report: Report, path: str, text: str) -> Iterator[Problem]:
    """The formulas of a text that are none; the text is one that can be read."""
    for tex, reason in parsed(text).unset if "$" in text else ():
        if OPEN not in tex:
            message = f"{reason}; it is shown as it is written"
            yield report.source.problem_in_text(path, _line(text, tex), message)


def pictures_in(report: Report, texts: Iterable[str]) -> dict[str, bytes]:
    """The pictures that texts show, by their path in the site."""
    shown = dict.fromkeys(address for text in texts if "![" in text for address in parsed(text).pictures)
    return {f"{PICTURES}/{beside(address)}": picture(report.folder, address, report.limits) for address in shown}


def files_shown(report: Report) -> list[Path]:
    """The files of the pictures that the spec's texts show, as far as they are written there."""
    texts = (unsaid(source) for _, source in _written(report) if "![" in source)
    paths = (beside(address) for text in texts for address in parsed(text).pictures)
    return [report.folder / path for path in paths if path and OPEN not in path]


def picture(folder: Path, address: str, limits: Limits) -> bytes:
    """The file beside the spec that a picture's address names; raises DataError for anything else."""
    if not (path := beside(address)):
        raise DataError(
            f"the picture '{address:.200}' is not in the spec's folder, and a page asks nobody else for one; "
            "save it there and write ![words](its name)"
        )
    file = folder / path
    try:
        within = file.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):  # a link that leads to itself: the door says so
        within = True
    if not within:
        raise DataError(f"the picture '{path}' is a link that leads out of the spec's folder; put the file there")
    return as_it_is(file, limits)


def _written(report: Report) -> Iterator[tuple[str, str]]:
    """Every text of Markdown as it is written, language by language."""
    return ((path, source) for path, source in _spelled_out(report) if MARKDOWN.match(path))


def _spelled_out(report: Report) -> Iterator[tuple[str, str]]:
    """Every text as it is written, language by language."""
    for path, text in report.texts():
        for language, source in text.by_language.items():
            yield path if language == "*" else child(path, language), source


def unsaid(source: str) -> str:
    """A text whose expressions say nothing yet; its lines keep their numbers."""
    return EXPRESSION.sub(lambda found: OPEN + "\n" * found[0].count("\n"), source)


def _line(text: str, part: str) -> int:
    return text.count("\n", 0, max(text.find(part), 0)) + 1


def _unprintable(report: Report) -> Iterator[Problem]:
    """Characters with their numbers: one may be invisible or look like another."""
    for path, source in _spelled_out(report):
        for line, words in enumerate(source.splitlines(), 1):
            if lacking := missing_characters(words):
                named = ", ".join(f"'{c}' (U+{ord(c):04X})" for c in lacking)
                message = f"no font of the PDF has {named}; leave it out, or {CURE}"
                yield report.source.problem_in_text(path, line, message)
    for language in (tag for tag in report.languages if not speaks(tag)):
        if lacking := missing_characters("".join(load(language, report.templates.folders).entries.values())):
            named = f"'{lacking[0]}' (U+{ord(lacking[0]):04X})"
            message = f"no font of the PDF has {len(lacking)} characters of '{language}', such as {named}; {CURE}"
            yield report.problem("languages", message)
