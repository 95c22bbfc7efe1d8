"""A loaded report with its models, data and evaluation, ready to be asked; none of them is opened yet."""

from dataclasses import replace

from generator.build.cache import Cache
from generator.build.study import Study
from generator.build.subject import Data, Subject
from generator.build_options import BuildOptions
from generator.data.evaluation import read_evaluation
from generator.data.sources import DataSource, guess_kind
from generator.drawing.glyphs import check_glyphs
from generator.errors import DataError, SpecError
from generator.methods import METHODS
from generator.samples import Evaluation
from generator.spec.report import Report


def open_study(report: Report, options: BuildOptions, cache: Cache) -> Study:
    """Everything the figures of a report are computed from.

    Raises SpecError for an evaluation that does not fit, and for characters that the PDF could not print.
    """
    if "pdf" in options.formats:
        check_glyphs(report)
    data = Data(DataSource(report.data.source, report.data.path, report.data.usage), report.class_words, cache)
    subjects = {
        model.id or "": Subject(
            model.path, model.preprocess, report.folder, data, cache, options.trust_model, model.size
        )
        for model in report.models
    }
    evaluation = _evaluation(report)
    known = (evaluation, report.figures, _training(report))
    return Study(report.class_ids, subjects, METHODS, cache, report.seed, *known)


def _training(report: Report) -> DataSource | None:
    path = report.data.training
    try:
        return None if path is None else DataSource(guess_kind(path), path)
    except DataError as error:
        raise SpecError((report.problem("data.training", str(error)),)) from error


def _evaluation(report: Report) -> Evaluation | None:
    if report.evaluation is None:
        return None
    try:
        read = read_evaluation(report.evaluation, report.class_words)
        return replace(read, origin=report.evaluation.name)  # no folder of this machine in a published page
    except DataError as error:
        raise SpecError((report.problem("evaluation", str(error)),)) from error
