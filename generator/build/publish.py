"""A report on its way to its readers: one page with what stands around it, in every form that is asked for.

A further form is a function here with its entry in `FORMS`, and its name in `build_options.FORMATS`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cached_property

from generator.build.cache import Cache, key_of, source_of
from generator.build.checks import needs_model
from generator.build.narrator import Narrator, facts_of
from generator.build.outputs import DRAWING, DRAWN_WITH
from generator.build.picture_doubts import resized, stored_sizes
from generator.build.study import Study
from generator.build.subject import versions
from generator.evidence.result import ReportEvidence
from generator.pages import html_page, markdown_page
from generator.pages.assembly import BOTH, Imprint, assemble
from generator.pages.evidence_plots import Told, drawn, shown
from generator.pages.evidence_section import section
from generator.pages.figure_page import Built
from generator.pages.page import Image, Page
from generator.results import Drawing, Picture
from generator.spec.report import Report
from generator.text import Text
from generator.words import Interface, interface

Files = Iterator[tuple[str, bytes | str]]
SHOWN = ("python", "tensorflow", "keras", "tf-keras-vis", "lime")  # versions in the foot of a page


@dataclass(frozen=True)
class Publication:
    """Everything of a report is computed and drawn, but for the pictures of its evidence."""

    report: Report
    study: Study
    built: Mapping[str, Built]
    formats: tuple[str, ...]
    evidence: ReportEvidence

    @cached_property
    def narrator(self) -> Narrator:
        results = {name: figure.result for name, figure in self.built.items()}
        words = interface(self.report.languages, self.report.templates.folders, self.report.things)
        return Narrator(self.report, facts_of(self.report, self.study), results, self.evidence, words)

    @cached_property
    def told(self) -> Told:
        """The evidence for its readers; a method that two figures share goes by their numbers."""
        reader = self.narrator.reader
        measured = {name: figure for name, figure in self.built.items() if name in self.evidence.figures}
        titles = Counter(figure.result.method for figure in measured.values())
        names = {
            name: reader.method_title(figure.method)
            if titles[figure.result.method] == 1
            else reader.words("figure.label", n=figure.number)
            for name, figure in measured.items()
        }
        return Told(self.evidence, reader, names)

    @cached_property
    def evidence_pictures(self) -> tuple[Picture, ...]:
        """What the section of the evidence shows."""
        return drawn_once(self.told, self.study.cache)

    @cached_property
    def page(self) -> Page:
        """The whole report in all its languages."""
        asked = replace(self.report, questions=self.report.built)
        lit = {name: replace(figure, evidence=self.narrator.lights(name)) for name, figure in self.built.items()}
        return assemble(asked, lit, self.narrator.reader, self._imprint)

    @property
    def _imprint(self) -> Imprint:
        """What stands around the report."""
        libraries, subject = versions(), self.study.subject
        images = f"{self.narrator.facts.images:,}"
        foot: dict[str, str | Text] = {
            "model": f"{self.report.models[0].path.name} · sha256 {subject.digest[:12]}",
            "data": f"{self.report.data.source} · {images} · sha256 {subject.data.digest[:12]}",
            **self._resizing,
            "versions": ", ".join(f"{name} {libraries[name]}" for name in SHOWN),
            "seed": str(self.report.seed),
            "rebuild": f"python -m generator {self.report.source.file.name}",
        }
        measured = section(self.told, {picture.name: picture for picture in self.evidence_pictures})
        downloads = {name: form.download for name, form in FORMS.items() if form.download and name in self.formats}
        return Imprint(foot, downloads, (measured,) if measured else ())

    @property
    def _resizing(self) -> dict[str, Text]:
        """How pictures came to the model's size, where any had another."""
        if not needs_model(self.report, self.study) or not resized(self.study):
            return {}
        return {"resize": self.narrator.reader.resizing(self.study.subject.frame, stored_sizes(self.study))}

    def files(self) -> dict[str, bytes | str]:
        """The published files by their path in the site, but for the pictures of the figures."""
        files: dict[str, bytes | str] = {f"figures/{picture.name}": picture.data for picture in self.evidence_pictures}
        for name in self.formats:
            files |= FORMS[name].files(self)
        return files

    @property
    def pictures(self) -> dict[str, bytes]:
        """The files of figures/ by name."""
        shown = (*self.evidence_pictures, *(p for figure in self.built.values() for p in figure.drawing.pictures))
        return {picture.name: picture.data for picture in shown}

    @cached_property
    def alt_texts(self) -> dict[str, dict[str, str]]:
        """What is seen on each picture, by its file name and the languages in which it is shown."""
        texts: dict[str, dict[str, str]] = {}
        for language in self.report.languages:
            for image in images_of(self.page, language):
                texts.setdefault(image.name, {})[language] = image.alt[language]
        return texts


def drawn_once(told: Told, cache: Cache) -> tuple[Picture, ...]:
    """The pictures of the evidence; from the cache where nothing they show has changed."""
    key = key_of(
        evidence_drawing=source_of(*DRAWING, "pages/evidence_plots.py", libraries=DRAWN_WITH), shown=shown(told)
    )
    return cache.remember(key, lambda: Drawing(tuple(drawn(told)))).pictures


def html(of: Publication) -> Files:
    """A page a language, the first one also at the root, and one with both where there are two."""
    yield "index.html", html_page.html(of.page, of.page.words.languages[0], "", of.report.templates)
    for language in of.page.words.languages:
        yield f"{language}/index.html", html_page.html(of.page, language, templates=of.report.templates)
    if len(of.page.words.languages) == 2:
        yield f"{BOTH}/index.html", html_page.side_by_side(of.page, templates=of.report.templates)


def pdf(of: Publication) -> Files:
    """One a language, and one with all of them where there are several."""
    from generator.paper.pdf import pdf  # here: Typst is not needed for the other forms

    asked: dict[str, tuple[str, ...]] = {f"report.{language}.pdf": (language,) for language in of.page.words.languages}
    if len(asked) > 1:
        asked["report.pdf"] = of.page.words.languages
    pictures = of.pictures
    at_once = 1 if of.study.cache.misses else len(asked)  # beside an open model there is less memory
    with ThreadPoolExecutor(at_once) as pool:  # Typst holds no lock of Python's
        made = pool.map(lambda languages: pdf(of.page, languages, pictures, of.report.templates), asked.values())
        yield from zip(asked, made, strict=True)


def markdown(of: Publication) -> Files:
    """One a language."""
    for language in of.page.words.languages:
        yield f"report.{language}.md", markdown_page.markdown(of.page, language, of.report.templates)


@dataclass(frozen=True)
class PublishedForm:
    """`files` of the site by their path; `download` is what pages call `report.<language>.<name of the form>`."""

    files: Callable[[Publication], Files]
    download: str = ""


FORMS: Mapping[str, PublishedForm] = {
    "html": PublishedForm(html),
    "pdf": PublishedForm(pdf, "PDF"),
    "md": PublishedForm(markdown, "Markdown"),
}


def images_of(value: object, language: str) -> Iterator[Image]:
    """Every picture of a page that readers of a language see, wherever it stands."""
    if isinstance(value, Image):
        yield value
    for part in _parts(value, language):
        yield from images_of(part, language)


def _parts(value: object, language: str) -> Iterable[object]:
    if isinstance(value, Mapping):
        return (value.get(language),)
    if is_dataclass(value) and not isinstance(value, type | Text | Interface):
        return (getattr(value, field.name) for field in fields(value))
    return value if isinstance(value, tuple) else ()
