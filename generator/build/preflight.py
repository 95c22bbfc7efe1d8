"""What is wrong between a spec, its model and its data, found before anything is computed."""

from collections.abc import Iterator

from generator.build.study import Study
from generator.classifier import ModelFacts
from generator.errors import DataError, ModelError, Problem, SpecError, suggestion
from generator.spec.grammar import Figure, Images
from generator.spec.report import Report


def preflight(report: Report, study: Study) -> None:
    """Raises SpecError with every class, layer and image that is asked for and not there."""
    problems = tuple(_problems(report, study))
    if problems:
        raise SpecError(tuple(dict.fromkeys(problems)))


def _problems(report: Report, study: Study) -> Iterator[Problem]:
    figures = [figure for question in report.built for figure in question.figures]
    if not any(study.methods[figure.method].access != "none" for figure in figures):
        return
    facts: dict[str, ModelFacts] = {}
    for name, subject in study.subjects.items():
        path = "model.path" if len(report.models) == 1 else f"models.{name}.path"
        try:
            facts[name] = subject.facts
        except ModelError as error:
            yield report.problem(path, str(error))
            continue
        yield from _miscounted(report, facts[name])
    for figure in figures if len(facts) == len(study.subjects) else ():
        yield from _unknown_layers(report, figure, facts, next(iter(facts)))
    waiting = [figure for figure, _ in study.waiting() if figure in figures]
    for figure in waiting if len(facts) == len(study.subjects) else ():
        yield from _missing_images(report, study, figure)


def _miscounted(report: Report, facts: ModelFacts) -> Iterator[Problem]:
    if len(report.classes) != facts.n_classes:
        outputs = f"{facts.n_classes} classes (one sigmoid)" if facts.one_output else f"{facts.n_classes} outputs"
        message = f"{len(report.classes)} classes are named and the model has {outputs}; name each in their order"
        yield report.problem("classes", message)


def _unknown_layers(report: Report, figure: Figure, facts: dict[str, ModelFacts], default: str) -> Iterator[Problem]:
    for model in figure.model or (default,):
        names = tuple(layer.name for layer in facts[model].layers)
        for layer in figure.layers:
            if layer is not None and layer not in names:
                message = f"unknown layer '{layer}'{suggestion(layer, names)}"
                yield report.figure_problem(figure.id, "params.layer", message)


def _missing_images(report: Report, study: Study, figure: Figure) -> Iterator[Problem]:
    kind = study.methods[figure.method].kind
    if kind in ("evaluation", "model") or (kind == "patterns" and figure.images == Images()):
        return
    try:
        samples = study.subject.data.samples
    except DataError as error:
        yield report.problem("data", str(error))
        return
    if not len(samples):
        yield report.problem("data", f"{samples.origin}: no images")
        return
    try:
        study.chosen(figure)
    except DataError as error:
        yield report.figure_problem(figure.id, "images", str(error))
