"""The pictures of computed figures, each from the cache where neither its numbers nor its `show` changed."""

from typing import cast

from generator import __version__
from generator.build.cache import key_of
from generator.build.study import Study
from generator.pages.assembly import figure_numbers
from generator.pages.figure_page import Built
from generator.results import Drawing, FigureResult
from generator.spec.grammar import Figure
from generator.spec.report import Report

DRAWING = 3  # raised when pictures come out differently


def built_figures(report: Report, study: Study, results: dict[str, FigureResult]) -> dict[str, Built]:
    """Every computed figure with its number, method and pictures."""
    numbers = figure_numbers(report)
    return {
        name: Built(
            report.figures[name], numbers[name], study.methods[result.method], result, drawn(study, report, result)
        )
        for name, result in results.items()
    }


def drawn(study: Study, report: Report, result: FigureResult) -> Drawing:
    """The pictures of one figure."""
    if result.failure:
        return Drawing(())
    figure = report.figures[result.id]
    key = _key(study, report, figure)
    return cast(Drawing, study.cache.remember(key, lambda: _draw(report, figure, result)))


def _draw(report: Report, figure: Figure, result: FigureResult) -> Drawing:
    from generator.drawing.figures import draw  # here: matplotlib is not needed where nothing is drawn

    also = (figure.export.panel,) if figure.export and figure.export.panel else ()
    names = tuple(c.name for c in report.classes)
    return draw(result, figure.show, names, report.languages, also=also, class_ids=report.class_ids)


def _key(study: Study, report: Report, figure: Figure) -> str:
    parts = [study.key(figure, run) for run in study.runs(figure)]
    look = {"show": repr(figure.show), "export": repr(figure.export), "languages": report.languages}
    names = [repr(c.name) for c in report.classes]
    return key_of(drawing=(DRAWING, __version__), figure=figure.id, parts=parts, classes=names, **look)
