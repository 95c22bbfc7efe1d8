"""A report on its way to its readers: one page with what stands around it, in every form that is asked for.

A further form is a function here with its entry in `FORMS`, and its name in `build_options.FORMATS`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache, cached_property, partial
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from generator.build.bibliography import citing
from generator.build.cache import Cache, key_of, source_of
from generator.build.checks import needs_model
from generator.build.narrator import Narrator, facts_of
from generator.build.outputs import DRAWING, DRAWN_WITH
from generator.build.picture_doubts import resized, stored_sizes
from generator.build.sanity import contradicts, said_against
from generator.build.study import Study
from generator.build.subject import versions
from generator.build.texts import pictures_in
from generator.compare import changes_page
from generator.drawing.card import card
from generator.errors import ComputationError
from generator.evidence.result import ReportEvidence
from generator.pages import html_page, markdown_page, social
from generator.pages.addresses import PICTURES
from generator.pages.assembly import BOTH, Imprint, assemble
from generator.pages.blocks import Image
from generator.pages.evidence_plots import Told, drawn, shown
from generator.pages.evidence_section import section
from generator.pages.figure_page import Built
from generator.pages.hand_in import handed_in
from generator.pages.page import Link, Page
from generator.results import Drawing, Picture
from generator.spec.report import Report
from generator.spec.whereabouts import COPY
from generator.steps import WATCH, step
from generator.text import Passage, Text
from generator.words import Interface, interface

Part = TypeVar("Part")
Jobs = Iterator[tuple[str, Callable[[], bytes | str]]]
FEW = 2  # files made beside each other where a model is open
SHOWN = ("python", "tensorflow", "keras", "tf-keras-vis", "lime")  # versions in the foot of a page


@dataclass(frozen=True)
class Published:
    """The files of a site by their path; `failures` tell why others could not be made."""

    files: Mapping[str, bytes]
    failures: Mapping[str, str]


@dataclass(frozen=True)
class Publication:
    """Everything of a report is computed and drawn, but for the pictures of its evidence."""

    report: Report
    study: Study
    built: Mapping[str, Built]
    formats: tuple[str, ...]
    evidence: ReportEvidence
    compared: Callable[["Publication"], Published] | None = None  # the pages of what changed since another site

    @cached_property
    def narrator(self) -> Narrator:
        results = {name: figure.result for name, figure in self.built.items()}
        doubt = self.contradicted.get(self.report.models[0].id or "", Text())
        facts = facts_of(self.report, self.study)
        return Narrator(self.report, facts, results, self.evidence, self._words, doubt)

    @cached_property
    def told(self) -> Told:
        """The evidence for its readers; a method that two figures share goes by their numbers."""
        reader = self.narrator.reader
        measured = {name: figure for name, figure in self.built.items() if self.evidence.parts_of(name)}
        titles = Counter(figure.result.method for figure in measured.values())
        names = {
            part: (
                reader.method_title(figure.method)
                if titles[figure.result.method] == 1
                else reader.words("figure.label", n=figure.number)
            )
            + (reader.words.bracketed(about) if (about := self.narrator.about(part)) else "")
            for name, figure in measured.items()
            for part in self.evidence.parts_of(name)
        }
        return Told(self.evidence, reader, names, self.narrator.doubted)

    @property
    def evidence_pictures(self) -> tuple[Picture, ...]:
        """What the section of the evidence shows."""
        return self._drawn[0]

    @property
    def _undrawn(self) -> str:
        """Why the evidence has no pictures, and so no section; '' where it has."""
        return self._drawn[1]

    @cached_property
    def _drawn(self) -> tuple[tuple[Picture, ...], str]:
        try:
            with step("drawing", "evidence"):
                return drawn_once(self.told, self.study.cache), ""
        except ComputationError as error:
            return (), str(error)

    @cached_property
    def page(self) -> Page:
        """The whole report in all its languages."""
        asked = replace(self.report, questions=self.report.built)
        lit = {
            name: replace(figure, evidence=self.narrator.lights(name), doubts=self._doubts_of(figure))
            for name, figure in self.built.items()
        }
        reader, listed = citing(self.report, self.narrator.reader)
        imprint = self._imprint
        page = assemble(asked, lit, reader, replace(imprint, sections=listed + imprint.sections))
        site, text = self.report.site, self.report.source.text
        return replace(page, address=site.url or "", source=site.source_for_readers(text))

    def _doubts_of(self, figure: Built) -> tuple[Text, ...]:
        """What speaks against the evaluations that a figure is made of."""
        models = figure.spec.model if figure.method.kind == "evaluation" else ()
        return tuple(self.contradicted[name] for name in models if name in self.contradicted)

    @cached_property
    def contradicted(self) -> Mapping[str, Text]:
        """What speaks against evaluations from files, by their models."""
        found = {name: contradicts(self.report, self.study, name) for name in self.study.given}
        words = self._words
        return {name: said_against(self.report, name, one, words) for name, one in found.items() if one}

    @property
    def _words(self) -> Interface:
        return interface(self.report.languages, self.report.templates.folders, self.report.things)

    @property
    def _imprint(self) -> Imprint:
        """What stands around the report."""
        libraries, subject = versions(), self.study.subject
        images = f"{self.narrator.facts.images:,}"
        foot: dict[str, str | Text] = {
            "model": self._named_models,
            "data": f"{self.report.data.source} · {images} · sha256 {subject.data.digest[:12]}",
            **self._resizing,
            **self._evaluations,
            "versions": ", ".join(f"{name} {libraries[name]}" for name in SHOWN),
            "seed": str(self.report.seed),
            "rebuild": f"python -m generator {self.report.source.file.name}",
        }
        drawn = {picture.name: picture for picture in self.evidence_pictures}
        measured = None if self._undrawn else section(self.told, drawn)
        offered = {name: form for name, form in FORMS.items() if form.download and name in self.formats}
        downloads = {form.suffix or name: form.download for name, form in offered.items()}
        return Imprint(foot, downloads, (measured,) if measured else ())

    @property
    def _named_models(self) -> Text:
        """Every model with its file."""
        words, reader = self.narrator.words, self.narrator.reader
        files = {name: f"{one.path.name} · sha256 {one.digest[:12]}" for name, one in self.study.subjects.items()}
        if len(files) == 1:
            return Text.of(*files.values())
        named = (reader.model_name(name) + words("punctuation.colon") + file for name, file in files.items())
        return words.joined(named, "evidence.between")

    @property
    def _evaluations(self) -> dict[str, Text]:
        """The files that say how models did."""
        given = self.study.given.values()
        files = (f"{one.origin} · {len(one.label):,} · sha256 {one.digest[:12]}" for one in given)
        return {"evaluation": self.narrator.words.joined(files, "evidence.between")} if given else {}

    @property
    def _resizing(self) -> dict[str, Text]:
        """How pictures came to the model's size, where any had another."""
        if not needs_model(self.report, self.study) or not resized(self.study):
            return {}
        return {"resize": self.narrator.reader.resizing(self.study.subject.frame, stored_sizes(self.study))}

    @cached_property
    def pictures(self) -> dict[str, bytes]:
        """Every picture that the report shows, by its path in the site."""
        drawn = (*self.evidence_pictures, *(p for figure in self.built.values() for p in figure.drawing.pictures))
        languages = self.report.languages
        said = dict.fromkeys(text.source for one in languages for text in parts_of(self.page, one, Passage))
        return {f"figures/{one.name}": one.data for one in drawn} | pictures_in(self.report, said)

    @property
    def beside(self) -> list[Path]:
        """The files beside the spec that its texts show."""
        prefix = f"{PICTURES}/"
        return [self.report.folder / name.removeprefix(prefix) for name in self.pictures if name.startswith(prefix)]

    @cached_property
    def published(self) -> Published:
        """The files of every form that is asked for; one that cannot be made takes none of the others with it."""
        changed = self.compared(self) if self.compared else Published({}, {})
        files = {**self.pictures, **changed.files}
        failures = {"the section of the evidence": self._undrawn} if self._undrawn else {}
        failures |= changed.failures
        for name in sorted(self.formats, key="html".__eq__):  # pages at the end: they lead to the others
            downloads = tuple(link for link in (*self.page.downloads, *self._changes) if link.href in files)
            for file, made in FORMS[name].made(self, replace(self.page, downloads=downloads)):
                if isinstance(made, ComputationError):
                    failures[file] = str(made)
                else:
                    files[file] = made
        return Published(files, failures)

    @property
    def _changes(self) -> Iterator[Link]:
        """To what changed since another site, in each language."""
        if self.compared is None:
            return
        title = self._words("diff.title")
        for language, path in changes_page.places(self.report.languages).items():
            yield Link(Text.of(title[language]), f"{changes_page.FOLDER}/{path}", language)

    @cached_property
    def alt_texts(self) -> dict[str, dict[str, str]]:
        """What is seen on each picture, by its file name and the languages in which it is shown."""
        texts: dict[str, dict[str, str]] = {}
        for language in self.report.languages:
            for image in parts_of(self.page, language, Image):
                texts.setdefault(image.name, {})[language] = image.alt[language]
        return texts


def drawn_once(told: Told, cache: Cache) -> tuple[Picture, ...]:
    """The pictures of the evidence; from the cache where nothing they show has changed."""
    key = key_of(
        evidence_drawing=source_of(*DRAWING, "pages/evidence_plots.py", libraries=DRAWN_WITH), shown=shown(told)
    )
    return cache.remember(key, lambda: Drawing(tuple(drawn(told)))).pictures


def card_once(cache: Cache, title: str, author: str, below: str, pictures: list[bytes]) -> bytes:
    """The card beside a link; from the cache where nothing on it has changed."""
    shown = [sha256(picture).hexdigest() for picture in pictures]
    key = key_of(card=source_of(*DRAWING, libraries=DRAWN_WITH), said=(title, author, below), pictures=shown)
    return cache.remember(key, lambda: card(title, author, below, pictures))


def html(of: Publication, page: Page) -> Jobs:
    """A page a language, the first one also at the root, and one with both where there are two; what leads to them."""
    templates = of.report.templates
    languages = page.words.languages
    yield "index.html", lambda: html_page.html(page, languages[0], "", templates)
    for language in languages:
        yield f"{language}/index.html", partial(html_page.html, page, language, templates=templates)
    if len(languages) == 2:
        yield f"{BOTH}/index.html", lambda: html_page.side_by_side(page, templates=templates)
    for language in languages:
        yield (
            f"report.{language}.png",
            partial(social.card, page, language, of.pictures, partial(card_once, of.study.cache)),
        )
    if page.address:
        yield "sitemap.xml", partial(social.sitemap, page)
    if page.source == COPY:
        yield COPY, lambda: of.report.source.text


def single(of: Publication, page: Page) -> Jobs:
    """One file a language that holds its pictures, and one with both where there are two."""
    asked: dict[str, tuple[str, ...]] = {
        f"report.{language}.single.html": (language,) for language in page.words.languages
    }
    if len(asked) == 2:
        asked["report.single.html"] = page.words.languages
    for name, languages in asked.items():
        yield name, partial(html_page.single, page, languages, of.pictures, of.report.templates)


def pdf(of: Publication, page: Page) -> Jobs:
    """One a language, and one with all of them where there are several."""
    from generator.paper.pdf import pdf  # here: Typst is not needed for the other forms

    yield from _handed_in(of, page, "pdf", pdf)


def docx(of: Publication, page: Page) -> Jobs:
    """The same as for the PDF."""
    from generator.paper.word import docx  # here: Pandoc is not needed for the other forms

    yield from _handed_in(of, page, "docx", docx)


def _handed_in(of: Publication, page: Page, suffix: str, make: Callable[..., bytes]) -> Jobs:
    asked: dict[str, tuple[str, ...]] = {f"report.{one}.{suffix}": (one,) for one in page.words.languages}
    if len(asked) > 1:
        asked[f"report.{suffix}"] = page.words.languages
    paper = handed_in(page, of.report.pdf.evidence)
    for name, languages in asked.items():
        yield name, partial(make, paper, languages, of.pictures, of.report.templates)


def markdown(of: Publication, page: Page) -> Jobs:
    """One a language."""
    for language in page.words.languages:
        yield f"report.{language}.md", partial(markdown_page.markdown, page, language, of.report.templates)


@dataclass(frozen=True)
class PublishedForm:
    """`jobs` make the files of the site, by their path; `download` is what pages call `report.<language>.<name>`.

    The `suffix` of these files is the name of the form where nothing else is said.
    """

    jobs: Callable[[Publication, Page], Jobs]
    download: str = ""
    beside: bool = False  # whether its files may be made beside each other
    suffix: str = ""

    def made(self, of: Publication, page: Page) -> Iterator[tuple[str, bytes | ComputationError]]:
        """Every file, or why there is none."""
        jobs = dict(self.jobs(of, page))
        most = len(jobs) if not of.study.cache.misses else FEW  # an open model leaves less memory
        with ThreadPoolExecutor(most if self.beside and not WATCH.again else 1) as pool:
            yield from zip(jobs, pool.map(_file, jobs, jobs.values()), strict=True)


def _file(name: str, make: Callable[[], bytes | str]) -> bytes | ComputationError:
    try:
        with step("form", name):
            made = make()
            return made.encode() if isinstance(made, str) else made
    except ComputationError as error:
        return error


FORMS: Mapping[str, PublishedForm] = {
    "html": PublishedForm(html),
    "pdf": PublishedForm(pdf, "PDF", beside=True),  # Typst holds no lock of Python's
    "md": PublishedForm(markdown, "Markdown"),
    "single": PublishedForm(single, "HTML", suffix="single.html"),
    "docx": PublishedForm(docx, "Word"),
}


def parts_of(value: object, language: str, kind: type[Part]) -> Iterator[Part]:
    """Everything of a kind in a page that readers of a language see, wherever it stands."""
    if isinstance(value, kind):
        yield value
    for part in _parts(value, language):
        yield from parts_of(part, language, kind)


def _parts(value: object, language: str) -> Iterable[object]:
    if isinstance(value, Mapping):
        return (value.get(language),)
    if isinstance(value, tuple):
        return value
    return (getattr(value, name) for name in _fields(type(value)))  # type: ignore[arg-type]


@cache
def _fields(kind: type) -> tuple[str, ...]:
    """The fields in which a value of that kind holds further ones."""
    leaf = not is_dataclass(kind) or issubclass(kind, Text | Interface)
    return () if leaf else tuple(field.name for field in fields(kind))
