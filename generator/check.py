"""What can be said of a report before its figures are computed."""

from generator.build_options import FOLDER, BuildOptions
from generator.cache import Cache
from generator.opening import open_study
from generator.preflight import preflight
from generator.report import Report


def check(report: Report, options: BuildOptions, with_model: bool) -> None:
    """Raises SpecError where the evaluation does not fit the classes, or the model (opened if asked) the figures."""
    study = open_study(report, options, Cache(report.folder / FOLDER))
    if with_model:
        preflight(report, study)
