"""The forms a report is published in: a page a language, one with both, Markdown and PDF, all from the same page."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import cast

from generator import __version__
from generator.build.cache import Cache, key_of
from generator.build.study import Study
from generator.build.subject import versions
from generator.errors import ProseError, SpecError
from generator.evidence.result import ReportEvidence, plain
from generator.pages import html_page, markdown_page
from generator.pages.assembly import BOTH, Imprint, assemble, figure_numbers
from generator.pages.evidence_pictures import drawn, shown
from generator.pages.evidence_plots import Told
from generator.pages.evidence_section import section
from generator.pages.figure_page import Built
from generator.pages.page import Image, LightLine, Page
from generator.pages.reader import Reader
from generator.prose.facts import ReportFacts
from generator.prose.numbers import Numbers
from generator.prose.quantities import CheckLine
from generator.prose.sayings import Sayings, Spoken
from generator.results import Drawing, Picture
from generator.spec.report import Report
from generator.templating import render_prose
from generator.text import Language, Text
from generator.words import Words, folders_beside, load
from generator.yaml_source import child

DRAWING = 5  # raised when pictures of the evidence come out differently
SHOWN = ("python", "tensorflow", "keras", "tf-keras-vis", "lime")  # versions in the foot of a page


@dataclass(frozen=True)
class Publication:
    """A report on its way to its readers; nothing of it is computed any more."""

    report: Report
    study: Study
    built: Mapping[str, Built]
    formats: tuple[str, ...]
    evidence: ReportEvidence

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where templates and words are looked for: beside the spec first, file by file."""
        return folders_beside(self.report.folder)

    @cached_property
    def facts(self) -> ReportFacts:
        """What the prose may quote beside the figures."""
        study, report = self.study, self.report
        images, labelled = study.data_facts
        model = study.subject.facts
        classes = {c.id: c.name for c in report.classes}
        regions = {region.id: region for region in report.regions}
        name = report.models[0].path.name
        return ReportFacts(
            classes,
            regions,
            study.evaluation,
            images,
            labelled,
            model.parameters,
            name,
            model.input_shape,
            report.languages,
        )

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        """One for each language of the report."""
        return tuple(self._page(language) for language in self.report.languages)

    def files(self) -> dict[str, bytes | str]:
        """The published files by their path in the site, but for the pictures of the figures."""
        files: dict[str, bytes | str] = {f"figures/{picture.name}": picture.data for picture in self.evidence_pictures}
        if "html" in self.formats:
            files |= self._html()
        if "md" in self.formats:
            files |= {f"report.{one.language}.md": markdown_page.markdown(one, self.folders) for one in self.pages}
        if "pdf" in self.formats:
            files |= self._pdf()
        return files

    def _pdf(self) -> Iterator[tuple[str, bytes]]:
        """One a language, and one with all of them where there are several."""
        from generator.paper.pdf import pdf  # here: Typst is not needed for the other forms

        shown = (*self.evidence_pictures, *(p for figure in self.built.values() for p in figure.drawing.pictures))
        pictures = {picture.name: picture.data for picture in shown}
        asked: dict[str, tuple[Page, ...]] = {f"report.{one.language}.pdf": (one,) for one in self.pages}
        if len(self.pages) > 1:
            asked["report.pdf"] = self.pages
        at_once = 1 if self.study.cache.misses else len(asked)  # beside an open model there is less memory
        with ThreadPoolExecutor(at_once) as pool:  # Typst holds no lock of Python's
            yield from zip(
                asked, pool.map(lambda pages: pdf(pages, pictures, self.folders), asked.values()), strict=True
            )

    def _html(self) -> Iterator[tuple[str, str]]:
        yield "index.html", html_page.html(self.pages[0], "", self.folders)
        for one in self.pages:
            yield f"{one.language}/index.html", html_page.html(one, folders=self.folders)
        if len(self.pages) == 2:
            first, second = self.pages
            yield f"{BOTH}/index.html", html_page.side_by_side((first, second), folders=self.folders)

    @cached_property
    def alt_texts(self) -> dict[str, dict[str, str]]:
        """What is seen on each picture, by its file name and language."""
        texts: dict[str, dict[str, str]] = {}
        for one in self.pages:
            for image in images_of(one):
                texts.setdefault(image.name, {})[one.language] = image.alt
        return texts

    @property
    def measured(self) -> dict[str, Mapping[str, object]]:
        """The evidence for the manifest: by figure, and over all of them with the pictures of its section."""
        names = [picture.name for picture in self.evidence_pictures]
        alt = {f"figures/{name}": self.alt_texts[name] for name in names if name in self.alt_texts}
        shown = {"files": [f"figures/{name}" for name in names], "alt": alt}
        return {**plain(self.evidence.figures), "": {**plain(self.evidence), "evidence": shown}}

    @cached_property
    def evidence_pictures(self) -> tuple[Picture, ...]:
        """What the section of the evidence shows, in every language."""
        readers = [self._told(self._reader(language)) for language in self.report.languages]
        return drawn_once(readers, self.study.cache)

    def _page(self, language: str) -> Page:
        reader = self._reader(language)
        sayings = self._sayings(language, reader.words)
        speaking = replace(reader, say=partial(self._say, sayings.context()))
        asked = replace(self.report, questions=self.report.built)
        return assemble(asked, self._with_evidence(sayings.evidence, reader.words), speaking, self._imprint(reader))

    def _reader(self, language: str) -> Reader:
        names = tuple(c.name for c in self.report.classes)
        regions = {region.id: region for region in self.report.regions}
        words = load(language, self.folders)
        models = {model.id or "": model.name for model in self.report.models}
        return Reader(words, names, self.report.class_ids, regions, self.report.languages, models=models)

    def _told(self, reader: Reader) -> Told:
        """The evidence for a reader; a method that two figures share goes by their numbers."""
        measured = {name: figure for name, figure in self.built.items() if name in self.evidence.figures}
        titles = Counter(figure.result.method for figure in measured.values())
        names = {
            name: reader.text(figure.method.title)
            if titles[figure.result.method] == 1
            else reader.words("figure.label", n=figure.number)
            for name, figure in measured.items()
        }
        return Told(self.evidence, reader, names)

    def _sayings(self, language: str, words: Words) -> Sayings:
        results = {name: figure.result for name, figure in self.built.items()}
        label, tongue = words("figure.label", n="{}"), Language(language)
        numbers = Numbers(self.facts, tongue, results, figure_numbers(self.report), label)
        methods = {name: figure.method for name, figure in self.report.figures.items()}
        spoken = Spoken(self.facts, tongue, self.evidence, methods, words)
        return Sayings(numbers, spoken)

    def _with_evidence(self, spoken: Spoken, words: Words) -> dict[str, Built]:
        """Every figure with its lights in one language."""
        return {
            name: replace(figure, evidence=tuple(_light(line, words) for line in spoken.lines(name)))
            for name, figure in self.built.items()
        }

    def _say(self, context: Mapping[str, object], text: Text, language: str) -> str:
        """A text of the spec with its expressions filled in; raises SpecError at its line."""
        source = text.in_language(language, *self.report.languages)
        try:
            return render_prose(source, context)
        except ProseError as error:
            path = next((path for path, known in self.report.texts() if known is text), "")
            spoken = next((tag for tag in (language, *self.report.languages) if tag in text.by_language), "")
            place = child(path, spoken) if spoken else path
            raise SpecError((self.report.source.problem_in_text(place, error.line, str(error)),)) from error

    def _imprint(self, reader: Reader) -> Imprint:
        """What stands around the report."""
        libraries = versions()
        foot = {
            "model": f"{self.report.models[0].path.name} · sha256 {self.study.subject.digest[:12]}",
            "data": f"{self.report.data.source} · {self.facts.images:,} · sha256 {self.study.subject.data.digest[:12]}",
            "versions": ", ".join(f"{name} {libraries[name]}" for name in SHOWN),
            "seed": str(self.report.seed),
            "rebuild": f"python -m generator {self.report.source.file.name}",
        }
        names = {language: load(language, self.folders)("language.name") for language in self.report.languages}
        found = section(self._told(reader), {picture.name: picture for picture in self.evidence_pictures})
        downloads = tuple(form for form in ("pdf", "md") if form in self.formats)
        return Imprint(names, foot, downloads, (found,) if found else ())


def drawn_once(readers: Sequence[Told], cache: Cache) -> tuple[Picture, ...]:
    """The pictures of the evidence; from the cache where nothing they show has changed."""
    key = key_of(evidence_drawing=(DRAWING, __version__), shown=shown(readers))
    return cast(Drawing, cache.remember(key, lambda: Drawing(tuple(drawn(readers))))).pictures


def _light(line: CheckLine, words: Words) -> LightLine:
    return LightLine(line.light, words(f"evidence.{line.light}"), line.name, line.sentence, line.numbers)


def images_of(value: object) -> Iterator[Image]:
    """Every picture of a page, wherever it stands."""
    if isinstance(value, Image):
        yield value
    elif is_dataclass(value) and not isinstance(value, type | Words):
        yield from (image for field in fields(value) for image in images_of(getattr(value, field.name)))
    elif isinstance(value, tuple):
        yield from (image for entry in value for image in images_of(entry))
