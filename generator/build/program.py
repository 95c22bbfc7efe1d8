"""The program on one screen: spec → computed figures → pictures → pages → a new site swapped with the old one."""

import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import numpy as np
from tqdm import tqdm

from generator.build import site
from generator.build.cache import Cache
from generator.build.checks import check_glyphs, checked, preflight
from generator.build.measured import measured
from generator.build.outputs import Provenance, built_figures, exported, manifest
from generator.build.publish import Publication
from generator.build.runs import computed, passes_of_a_run, waiting
from generator.build.site import MANIFEST, check_output, new_site
from generator.build.study import Study, open_study
from generator.build.subject import versions
from generator.build_options import FOLDER, BuildOptions
from generator.errors import FigureError, InputError, Problem, SpecError
from generator.evidence.result import ReportEvidence
from generator.pages.figure_page import Built
from generator.results import FigureResult
from generator.spec.grammar import Figure
from generator.spec.report import Report

BUILT, FAILED = 0, 1
Files = Mapping[str, bytes | str]


def build(report: Report, options: BuildOptions) -> int:
    """Build the site of a report; 1 where a figure could not be computed, else 0. Raises InputError."""
    begin = time.perf_counter()
    check_output(report.output)
    check_glyphs(report, options)
    study = open_study(report, options, Cache(None if options.no_cache else report.folder / FOLDER))
    preflight(report, study)
    warned = _warned(_doubts(report, study, options), options)
    results, evidence = _computed(report, study, options)
    built = built_figures(report, study, results)
    exports = dict(_exports(report, built))
    publication = Publication(report, study, built, options.formats, evidence)
    pages = publication.files()
    seconds = time.perf_counter() - begin
    drawings = [(figure.result, figure.drawing) for figure in built.values()]
    record = manifest(_provenance(report, study), drawings, publication.alt_texts, publication.measured, seconds)
    _write(report.output, {**_pictures(built), **exports, **pages, MANIFEST: record, ".nojekyll": ""})
    _write_beside(options, exports, results)
    study.cache.prune()
    if not warned:
        _stamp(report, results, options)
    return _told(results, report.output, seconds, options)


def _doubts(report: Report, study: Study, options: BuildOptions) -> Iterator[Problem]:
    """Says how often the model is right under the spec's preprocessing, and what speaks against believing it."""
    figures = [figure for question in report.built for figure in question.figures]
    needs_model = any(study.methods[figure.method].access != "none" for figure in figures)
    found = checked(study) if needs_model else None
    if found is not None and not options.quiet:
        print(f"{found.accuracy:.1%} of {found.images:,} labelled images are predicted right", file=sys.stderr)
    if found is not None and found.hint is not None:
        yield report.problem("model.preprocess", found.hint.text.in_language("en"))
    matrix = next((figure for figure in figures if study.methods[figure.method].kind == "evaluation"), None)
    if matrix is not None and study.evaluation is not None and study.evaluation.in_training:
        seen, of = study.evaluation.in_training, len(study.evaluation.label)
        yield report.figure_problem(matrix.id, "method", f"the model was trained on {seen:,} of these {of:,} images")


def _warned(doubts: Iterable[Problem], options: BuildOptions) -> bool:
    """Prints warnings, which `--strict` makes an error; whether there were any."""
    problems = tuple(doubts)
    if problems and options.strict:
        raise SpecError(problems)
    for problem in problems:
        print(f"{problem} (warning)", file=sys.stderr)
    return bool(problems)


def _computed(report: Report, study: Study, options: BuildOptions) -> tuple[dict[str, FigureResult], ReportEvidence]:
    """Every figure of the questions to build and the evidence for them, with a word on how far it is."""
    asked = [(question.id, figure) for question in report.built for figure in question.figures]
    passes = {figure.id: runs * passes_of_a_run(figure, study) for figure, runs in waiting(study)}
    results = {}
    with Progress(sum(passes.values()), options.quiet) as progress:
        for question, figure in asked:
            progress.begin(figure.id)
            results[figure.id] = result = _compute(report, study, figure, question)
            if not result.cached:
                progress.end(figure.id, passes.get(figure.id, 0), result.seconds)
        evidence = measured(report, study, results, progress.begin)
    return results, evidence


def _compute(report: Report, study: Study, figure: Figure, question: str) -> FigureResult:
    try:
        return computed(figure, question, study)
    except FigureError as error:
        raise SpecError((report.figure_problem(figure.id, error.key, str(error)),)) from error


def _exports(report: Report, built: Mapping[str, Built]) -> Iterator[tuple[str, bytes]]:
    """The exported pictures by their path in the site; raises SpecError where two have one name."""
    taken: set[str] = set()
    for name, figure in built.items():
        if figure.spec.export is None or figure.result.failure:
            continue
        try:
            files = exported(figure.spec.export, figure.result, figure.drawing, report.class_ids)
        except InputError as error:
            raise SpecError((report.figure_problem(name, "export", str(error)),)) from error
        if taken & set(files):
            message = f"'{sorted(taken & set(files))[0]}' is exported by an earlier figure too"
            raise SpecError((report.figure_problem(name, "export", message),))
        taken |= set(files)
        yield from ((f"exports/{file}", data) for file, data in files.items())


def _pictures(built: Mapping[str, Built]) -> dict[str, bytes]:
    return {f"figures/{picture.name}": picture.data for figure in built.values() for picture in figure.drawing.pictures}


def _provenance(report: Report, study: Study) -> Provenance:
    digests = (study.subject.digest, study.subject.data.digest, report.source.digest)
    return Provenance(versions(), *digests, report.seed)


def _write(output: Path, files: Files) -> None:
    with new_site(output) as folder:
        for name, data in files.items():
            folder.write(name, data)


def _write_beside(options: BuildOptions, exports: Mapping[str, bytes], results: Mapping[str, FigureResult]) -> None:
    """The copies that the command line asks for outside the site."""
    if options.exports is not None:
        options.exports.mkdir(parents=True, exist_ok=True)
        for name, data in exports.items():
            (options.exports / Path(name).name).write_bytes(data)
    if options.arrays is not None:
        options.arrays.mkdir(parents=True, exist_ok=True)
        for name, result in results.items():
            if result.parts:
                np.savez(options.arrays / f"{name}.npz", allow_pickle=False, **result.arrays)


def _stamp(report: Report, results: Mapping[str, FigureResult], options: BuildOptions) -> None:
    """Lets the next build be skipped where nothing changes; not where this one had something to say."""
    if options.repeatable and not report.warnings and not any(result.failure for result in results.values()):
        place = site.stamp_of(report.folder / FOLDER, report.source.file, report.output)
        site.write_stamp(place, options.settings, report.inputs, report.output)


def _told(results: Mapping[str, FigureResult], output: Path, seconds: float, options: BuildOptions) -> int:
    """The last words on stderr, and the exit code."""
    failed = [result for result in results.values() if result.failure]
    for result in failed:
        print(f"figure '{result.id}' could not be computed: {result.failure}", file=sys.stderr)
    if not options.quiet:
        print(f"{output}: {len(results) - len(failed)} figures in {seconds:.1f} s", file=sys.stderr)
    return FAILED if failed else BUILT


BAR = "{desc} {bar} {percentage:3.0f}% · {remaining} left"


@dataclass
class Progress:
    """Counts model passes, the measure of the time a figure takes; quiet prints warnings only."""

    total: int
    quiet: bool = False
    stream: TextIO = field(default_factory=lambda: sys.stderr)
    bar: Any = None

    def __enter__(self) -> "Progress":
        if self.total and not self.quiet and self.stream.isatty():
            self.bar = tqdm(total=self.total, file=self.stream, bar_format=BAR, leave=False)
        return self

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.close()

    def begin(self, name: str) -> None:
        if self.bar is not None:
            self.bar.set_description_str(f"{name:<20}")

    def end(self, name: str, passes: int, seconds: float) -> None:
        """A figure is done; without a terminal it gets a line of its own."""
        if self.bar is not None:
            self.bar.update(passes)
        else:
            self.say(f"{name}: {seconds:.1f} s")

    def say(self, line: str) -> None:
        """A line of information, unless quiet."""
        if not self.quiet:
            self._print(line)

    def warn(self, line: str) -> None:
        """A line that is always shown."""
        self._print(f"warning: {line}")

    def _print(self, line: str) -> None:
        if self.bar is not None:
            self.bar.write(line, file=self.stream)
        else:
            print(line, file=self.stream)
