"""What is wrong or doubtful between a spec, its model and its data, found before anything is computed."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import chain

from generator.build.cache import Cache, key_of, source_of
from generator.build.choice import shows_images
from generator.build.picture_doubts import picture_doubts
from generator.build.runs import Run, runs_of, waiting
from generator.build.sanity import Checked, checked, contradictions, miscounted
from generator.build.site import check_output
from generator.build.study import Study, open_study
from generator.build.subject import MODEL, Subject
from generator.build.texts import check_texts, unset_parts
from generator.build_options import BuildOptions
from generator.classifier import layer_called
from generator.data.preprocess import statistic_in
from generator.errors import DataError, InputError, ModelError, ParameterError, PictureError, Problem, SpecError
from generator.maps.cam import spatial_layers
from generator.model.input_range import misplaced_range
from generator.spec.grammar import Figure
from generator.spec.report import Report
from generator.steps import WATCH, limit
from generator.yaml_source import child


def check(report: Report, options: BuildOptions, with_model: bool, budget: float | None = None) -> str:
    """What there is to say; raises SpecError where evaluation, or the model (opened if asked), do not fit the spec.

    With a `budget` in seconds it says how long the build will take, and raises InputError where that is more.
    """
    check_output(report.output, report.inputs)
    limit(report.limits.seconds, report.limits.memory)
    check_texts(report, options)
    study = open_study(report, options, Cache(options.cache_of(report.source.file)))
    if with_model:
        looked_over(report, study, options)
    elif wrong := tuple(problem for find in WITHOUT_MODEL for problem in find(report, study)):
        raise SpecError(wrong)
    else:
        warn(data_doubts(report, study, False), options)
    if budget is None:
        return "ok"
    from generator.build.estimate import needed  # here: it opens the model

    asked = needed(report, study, options.formats)
    if asked.total > budget:
        without = asked.total - asked.evidence
        cure = (
            f"`budget: {budget:.0f}s` in the spec gives evidence what the figures leave"
            if without < budget
            else f"without evidence it takes about {without:.0f} s"
        )
        raise InputError(f"the build takes about {asked.total:.0f} s, more than the budget of {budget:.0f} s; {cure}")
    return f"ok, about {asked.total:.0f} s"


def _unopenable(report: Report, study: Study) -> Iterator[Problem]:
    """Models whose files say without TensorFlow that they cannot be opened."""
    from generator.model.keras_files import of_file, readable  # here: a build from the cache does without

    for name, subject in study.subjects.items() if needs_model(report, study) else ():
        try:
            with of_file(subject.path), readable(subject.path, subject.asked.trust, subject.asked.limits):
                pass
        except ModelError as error:
            yield report.problem(child(report.model_paths[name], "path"), str(error))


def looked_over(report: Report, study: Study, options: BuildOptions) -> bool:
    """Every test before anything is computed; says how often the model is right and what is doubtful, if anything is.

    Raises SpecError with what is wrong; `--strict` makes what is doubtful wrong.
    """
    preflight(report, study)
    found = {name: checked(study, name) for name in study.subjects} if needs_model(report, study) else {}
    for name, one in found.items():
        if one is not None:
            of = f"model '{name}': " if len(found) > 1 else ""
            right = f"{of}{one.accuracy:.1%} of {one.images:,} labelled images are predicted right"
            WATCH.say(right, doubt=False, printed=not (options.quiet or WATCH.again))
    return warn(doubts(report, study, found), options)


def preflight(report: Report, study: Study) -> None:
    """Raises SpecError with every class, layer and image that is asked for and not there."""
    problems = tuple(_problems(report, study))
    if problems:
        raise SpecError(tuple(dict.fromkeys(problems)))


@contextmanager
def told_at_place(report: Report) -> Iterator[None]:
    """A picture that cannot be decoded is a problem of the data, whoever met it; a model that fails one of its own."""
    try:
        yield
    except PictureError as error:
        raise SpecError((report.problem("data", str(error)),)) from error
    except ModelError as error:
        path = child(next(iter(report.model_paths.values())), "path")
        raise SpecError((report.problem(path, str(error)),)) from error


def needs_model(report: Report, study: Study) -> bool:
    """Whether a figure to be built asks the model anything, or an evaluation from a file can be held to it."""
    asked = (study.methods[f.method].access != "none" for question in report.built for f in question.figures)
    return any(asked) or bool(study.given and study.labelled)


def _problems(report: Report, study: Study) -> Iterator[Problem]:
    figures = [figure for question in report.built for figure in question.figures]
    yield from _misread(report, study)
    yield from miscounted(report, study)
    if not needs_model(report, study):
        return
    unfit = [problem for name in study.subjects for problem in _unfit(report, study, name)]
    if unfit:  # what it predicts cannot be read by these classes
        yield from unfit
        return
    unknown = {figure.id: tuple(_unknown_layers(report, study, figure)) for figure in figures}
    yield from chain.from_iterable(unknown.values())
    if unreadable := tuple(_unreadable(report, study)):
        yield from unreadable
        return
    with told_at_place(report):
        for figure in [figure for figure, _ in waiting(study) if figure in figures]:
            missing = tuple(_missing_images(report, study, figure))
            yield from missing
            if not missing and not unknown[figure.id]:
                yield from _misfits(report, study, figure)
                yield from _exported_twice(report, study, figure)


def _unfit(report: Report, study: Study, name: str) -> Iterator[Problem]:
    """A model that cannot be opened, or has another number of classes."""
    try:
        facts, _ = study.subjects[name].facts, study.subjects[name].frame
    except ModelError as error:
        yield report.problem(child(report.model_paths[name], "path"), str(error))
        return
    except DataError as error:
        yield report.problem(child(report.model_paths[name], "preprocess"), str(error))
        return
    if report.regression and facts.n_classes > 1:
        ends = (
            "one sigmoid, the probability of the second of two classes"
            if facts.one_output
            else f"{facts.n_classes} outputs"
        )
        named = "one class is named" if report.source.data.get("classes") else "no classes are named"
        yield report.problem("classes", f"{named} and the model has {ends}; name each under `classes` in their order")
    elif len(report.classes) != facts.n_classes:
        outputs = (
            "one output; a sigmoid tells two classes apart: name both; a value has none: leave `classes` out"
            if facts.one_output
            else f"{facts.n_classes} outputs; name each in their order"
        )
        message = f"{len(report.classes)} classes are named and the model has {outputs}"
        yield report.problem("classes", message)


def _look_for_layer(run: Run) -> None:
    """Raises ParameterError where the model has no layer of that name, or none that a map can be made of."""
    layers, named = run.subject.facts.layers, run.params.get("layer")
    if run.method.adds_layers:
        spatial_layers(layers, named)
    elif named is not None:
        layer_called(named, layers)


def _unknown_layers(report: Report, study: Study, figure: Figure) -> Iterator[Problem]:
    for run in runs_of(figure, study):
        try:
            _look_for_layer(run)
        except ParameterError as error:
            model = f"model '{run.facts.get('model', figure.model[0])}': " if len(report.models) > 1 else ""
            yield report.figure_problem(figure.id, f"params.{error.parameter}", f"{model}{error}")


def _misfits(report: Report, study: Study, figure: Figure) -> Iterator[Problem]:
    """What a method would find that the model or the images do not have."""
    for run in runs_of(figure, study):
        misfit = run.misfit()
        if misfit is not None:
            yield report.figure_problem(figure.id, misfit.key, str(misfit))


def _misread(report: Report, study: Study) -> Iterator[Problem]:
    """What figures lack that ask the model nothing: a file that can be read, labels for an evaluation, a colour map."""
    for figure in (figure for question in report.built for figure in question.figures):
        yield from _uncoloured(report, figure)
        with suppress(DataError):  # of the data, told at their place
            if all(run.of_a_file or run.lacks_labels for run in runs_of(figure, study)):
                yield from _misfits(report, study, figure)


def _uncoloured(report: Report, figure: Figure) -> Iterator[Problem]:
    if figure.show.colormap is None:
        return
    from generator.drawing.charts import colour_table  # here: it opens matplotlib

    try:
        colour_table(figure.show.colormap)
    except ParameterError as error:
        yield report.figure_problem(figure.id, "show.colormap", str(error))


def _exported_twice(report: Report, study: Study, figure: Figure) -> Iterator[Problem]:
    """One file name for the maps of several images; a name with fields is filled in when they are drawn."""
    named = figure.export is not None and "{" not in figure.export.file
    if named and study.methods[figure.method].kind == "attribution" and len(study.chosen(figure).positions) > 1:
        file = figure.export.file if figure.export else ""
        message = f"'{file}' names several pictures '{file}'; add {{index}} or {{number}} to it"
        yield report.figure_problem(figure.id, "export", message)


def _unreadable(report: Report, study: Study) -> Iterator[Problem]:
    """Data that cannot be read, or have no image; the training data and the files of the preprocessing too."""
    counts: dict[str, Callable[[], int | None]] = {
        "data": lambda: study.data_facts[0],
        "data.training": lambda: study.training_count,
    }
    if not needs_model(report, study):
        return
    yield from _statistics(report)
    for path, count in counts.items():
        try:
            empty = count() == 0
        except DataError as error:
            yield report.problem(path, str(error))
        else:
            if empty:
                yield report.problem(path, "no images")


def _statistics(report: Report) -> Iterator[Problem]:
    """Files of a preprocessing that hold no mean or deviation."""
    named = zip(report.model_paths.values(), report.models, strict=True)
    for path, key, file in ((path, *entry) for path, model in named for entry in model.preprocess.files.items()):
        try:
            statistic_in(report.folder / file, key, report.limits)
        except DataError as error:
            yield report.problem(child(path, f"preprocess.{key}"), str(error))


def _missing_images(report: Report, study: Study, figure: Figure) -> Iterator[Problem]:
    if not shows_images(figure, study.methods[figure.method]):
        return
    try:
        study.chosen(figure)
    except PictureError:
        raise
    except DataError as error:
        yield report.figure_problem(figure.id, "images", str(error))


def data_doubts(report: Report, study: Study, with_model: bool) -> Iterator[Problem]:
    """What in texts, data and evaluation may mean something else than what is taken, or is not read at all."""
    yield from unset_parts(report)
    if needs_model(report, study):
        yield from (report.problem("data", question) for question in study.questions)
        yield from picture_doubts(report, study, with_model)
    for name, given in study.given.items():
        yield from (report.problem(report.evaluations[name][0], question) for question in given.questions)
    yield from contradictions(report, study, with_model and study.labelled)


def warn(doubtful: Iterable[Problem], options: BuildOptions) -> bool:
    """Prints what is doubtful, which `--strict` makes an error; whether there was anything."""
    problems = tuple(doubtful)
    if problems and options.strict:
        raise SpecError(problems)
    for problem in problems:
        WATCH.say(f"{problem} (warning)", doubt=True, printed=not WATCH.again)
    return bool(problems)


def doubts(report: Report, study: Study, found: Mapping[str, Checked | None]) -> Iterator[Problem]:
    """What speaks against believing the figures: data, preprocessing, an evaluation made of training images."""
    yield from data_doubts(report, study, True)
    misplaced = {name: _misplaced(one) for name, one in study.subjects.items()} if needs_model(report, study) else {}
    for name, message in misplaced.items():
        if ending := _ends_oddly(study.subjects[name]):
            yield report.problem(child(report.model_paths[name], "path"), ending)
        if message:
            yield report.problem(child(report.model_paths[name], "preprocess"), message)
    trained = any(one is not None and one.hint is None for one in found.values())
    for name, one in found.items():
        hint = one.hint if one is not None and not misplaced[name] else None
        if hint is not None and (hint.better or not trained):  # beside a good model one that guesses is meant to
            yield report.problem(child(report.model_paths[name], "preprocess"), hint.message)
    figures = [figure for question in report.built for figure in question.figures]
    matrix = next((figure for figure in figures if study.methods[figure.method].kind == "evaluation"), None)
    models = matrix.model if matrix is not None else ()
    known = [study.evaluation_of(study.subjects[name]) for name in models]
    seen_by = [one for one in known if one is not None and one.in_training]
    if matrix is not None and seen_by:
        seen, of = seen_by[0].in_training, len(seen_by[0].label)
        yield report.figure_problem(matrix.id, "method", f"the model was trained on {seen:,} of these {of:,} images")


def _ends_oddly(subject: Subject) -> str:
    """What is said of outputs that are neither scores nor probabilities."""
    facts = subject.facts
    squashing = "sigmoid" if facts.one_output else "softmax"
    return facts.ending and (
        f"the model ends with {facts.ending}, whose outputs are no probabilities; what the report calls probability "
        f"is a {squashing} of them: let the model end with {squashing}, or with linear scores, and train it so"
    )


def _misplaced(subject: Subject) -> str:
    """What is wrong between the preprocessing and what the model does to pixels itself."""
    entrance = subject.facts.entrance
    if entrance is None:
        return ""
    key = key_of(misplaced=subject.key, source=source_of(*MODEL))
    return subject.cache.remember(
        key, lambda: misplaced_range(entrance, subject.classifier.preprocessing, subject.facts.input_shape)
    )


WITHOUT_MODEL = (_misread, miscounted, _unopenable, _unreadable)
"""What is found before the model is opened."""
