"""What can be said of a report's files without computing: whether the evaluation fits the classes."""

from generator.errors import DataError, SpecError
from generator.evaluation import read_evaluation
from generator.report import Report


def check(report: Report) -> None:
    """Raises SpecError for an evaluation that does not fit the report's classes."""
    if report.evaluation is None:
        return
    try:
        read_evaluation(report.evaluation, report.class_words)
    except DataError as error:
        raise SpecError((report.problem("evaluation", str(error)),)) from error
