"""What can be said of a report before its figures are computed."""

from generator.build.cache import Cache
from generator.build.opening import open_study
from generator.build.preflight import preflight
from generator.build_options import FOLDER, BuildOptions
from generator.errors import InputError
from generator.spec.report import Report


def check(report: Report, options: BuildOptions, with_model: bool, budget: float | None = None) -> str:
    """What there is to say; raises SpecError where evaluation, or the model (opened if asked), do not fit the spec.

    With a `budget` in seconds it says how long the build will take, and raises InputError where that is more.
    """
    study = open_study(report, options, Cache(report.folder / FOLDER))
    if with_model:
        preflight(report, study)
    if budget is None:
        return "ok"
    from generator.build.estimate import seconds_needed  # here: it opens the model

    needed = seconds_needed(report, study)
    if needed > budget:
        raise InputError(f"the build takes about {needed:.0f} s, more than the budget of {budget:.0f} s")
    return f"ok, about {needed:.0f} s"
