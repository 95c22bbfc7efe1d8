"""The program on one screen: spec → computed figures → pictures → pages → a new site swapped with the old one."""

import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from tqdm import tqdm

from generator.build.against import changed, site_before, sites_read
from generator.build.cache import Cache
from generator.build.checks import looked_over, needs_model, told_at_place, warn
from generator.build.copies import copies, write
from generator.build.kept import kept
from generator.build.measured import measured
from generator.build.outputs import built_figures, exported, manifest
from generator.build.publish import Publication
from generator.build.runs import computed, passes_of_a_run, waiting, with_images
from generator.build.site import check_output, publish
from generator.build.stamp import origin, stamp_of, write_stamp
from generator.build.study import Study, open_study
from generator.build.texts import check_texts
from generator.build_options import BuildOptions
from generator.errors import FigureError, SpecError
from generator.evidence.result import ReportEvidence
from generator.pages.figure_page import Built
from generator.results import FigureResult
from generator.spec.report import Report
from generator.steps import WATCH, limit

BUILT, FAILED = 0, 1


def build(report: Report, options: BuildOptions) -> int:
    """Build the site of a report; 1 where a figure, its evidence or a form failed, else 0; raises InputError."""
    begin = time.perf_counter()
    limit(report.limits.seconds, report.limits.memory)
    # now: what is edited during the build is built by the next one
    made_from = origin((*report.inputs, *sites_read(options.against, report.output)))
    check_output(report.output, report.inputs)
    options.check_beside()
    before = site_before(options.against) if options.against else None
    cache = options.cache_of(report.source.file)
    check_texts(report, options)
    study = open_study(report, options, Cache(None if options.no_cache else cache))
    with told_at_place(report):
        warned = looked_over(report, study, options)
        if needs_model(report, study):
            made_from = {**made_from, **origin(study.subject.data.beside)}
        results, evidence = _computed(report, study, options)
    built = built_figures(report, study, results)
    results = {name: figure.result for name, figure in built.items()}
    exports = exported(report, built)
    compared = partial(changed, before, partial(WATCH.say, doubt=False, printed=not options.quiet)) if before else None
    publication = Publication(report, study, built, options.formats, evidence, compared)
    published = publication.published
    warned |= warn(publication.narrator.doubts, options)
    made_from = {**made_from, **origin(publication.beside)}
    files = {**published.files, **exports, ".nojekyll": b""}
    seconds = time.perf_counter() - begin
    parts = report, study, built.values(), publication.alt_texts, evidence, publication.evidence_pictures
    record = manifest(*parts, files=files, seconds=seconds, kept=kept(publication))
    beside = copies(options, exports, _archived(built, study), made_from)
    made = publish(report.output, files, record, report.inputs)
    write(beside)
    study.cache.prune()
    if study.cache.trouble:
        WATCH.say(f"{study.cache.trouble}; the report is built without (warning)", doubt=True)
    failed = _told(results, evidence.failures, published.failures, report.output, seconds, options)
    if options.repeatable and not (failed or warned or report.warnings):  # what was said is said again next time
        stamp = stamp_of(cache, report.source.file, report.output)
        write_stamp(stamp, options.settings, made_from, made)
    return FAILED if failed else BUILT


def _archived(built: Mapping[str, Built], study: Study) -> dict[str, Callable[[], FigureResult]]:
    """The figures that can be kept as arrays, with their images, each read when it is written."""
    return {name: partial(with_images, one.spec, one.result, study) for name, one in built.items() if one.result.parts}


def _computed(report: Report, study: Study, options: BuildOptions) -> tuple[dict[str, FigureResult], ReportEvidence]:
    """Every figure of the questions to build and the evidence for them, with a word on how far it is."""
    asked = [(question.id, figure) for question in report.built for figure in question.figures]
    passes = {figure.id: runs * passes_of_a_run(figure, study) for figure, runs in waiting(study)}
    results = {}
    with Progress(sum(passes.values()), options.quiet) as progress:
        for question, figure in asked:
            progress.begin(figure.id)
            try:
                results[figure.id] = result = computed(figure, question, study)
            except FigureError as error:
                raise SpecError((report.figure_problem(figure.id, error.key, str(error)),)) from error
            if not (result.cached or result.failure):
                progress.end(figure.id, passes.get(figure.id, 0), result.seconds)
        evidence = measured(report, study, results, progress.begin, options.formats)
    return results, evidence


def _counted(figures: int) -> str:
    return f"{figures} figure{'' if figures == 1 else 's'}"


def _told(
    results: Mapping[str, FigureResult],
    unmeasured: Mapping[str, str],
    unmade: Mapping[str, str],
    output: Path,
    seconds: float,
    options: BuildOptions,
) -> bool:
    """The last words on stderr; whether a figure, its evidence or a form failed."""
    failed = [result for result in results.values() if result.failure]
    for result in failed:
        WATCH.say(f"figure '{result.id}' could not be computed: {result.failure}", doubt=True)
    for name, failure in unmeasured.items():
        what = f"figure '{name}' could not be computed on further images" if name else "the evidence is lacking"
        WATCH.say(f"{what}: {failure}", doubt=True)
    for name, failure in unmade.items():
        WATCH.say(f"{name} could not be made: {failure}", doubt=True)
    WATCH.say(
        f"{output}: {_counted(len(results) - len(failed))} in {seconds:.1f} s", doubt=False, printed=not options.quiet
    )
    return bool(failed or unmeasured or unmade)


BAR = "{desc} {bar} {percentage:3.0f}% · {remaining} left"


class Progress:
    """Counts model passes, the measure of the time a figure takes; quiet shows nothing."""

    def __init__(self, total: int, quiet: bool) -> None:
        silent = quiet or not total or not sys.stderr.isatty()
        self.quiet = quiet
        self.bar = tqdm(total=total, file=sys.stderr, bar_format=BAR, leave=False, disable=silent)

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.close()

    def begin(self, name: str) -> None:
        self.bar.set_description_str(f"{name:<20}")

    def end(self, name: str, passes: int, seconds: float) -> None:
        """A figure is done; without a terminal it gets a line of its own."""
        self.bar.update(passes)
        if self.bar.disable and not self.quiet:
            print(f"{name}: {seconds:.1f} s", file=sys.stderr)
