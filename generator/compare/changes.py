"""Everything that is another in the second of two sites: `compared` decides it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from generator.compare.built_site import BuiltSite, SiteFigure
from generator.compare.differences import Judged, Moved, held, judged, moved, of_same_images

Status = Literal["same", "changed", "added", "removed"]
VEIL = "-veil.png"  # a map to be laid over its image: what it shows is in the map
TOLD = ("index", "prediction", "probability", "value", "label", "target", "model", "layer")
OVERALL = ("region_effect", "agreement", "calibration")  # what was measured over all figures
SHADE = 0.005  # of a probability that nobody would call another


@dataclass(frozen=True)
class ChangedLight:
    """The light of a check of a figure and its reason, '' where there was or is none."""

    figure: str
    check: str
    model: str
    before: str
    now: str
    reasons: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class ChangedImage:
    """What a model says of an image of a figure; None where the figure did not show it, or does not any more."""

    index: int
    before: Mapping[str, Any] | None
    now: Mapping[str, Any] | None


@dataclass(frozen=True)
class ChangedPicture:
    """A picture that is drawn otherwise, or by one of the sites alone."""

    name: str
    before: bool
    now: bool


@dataclass(frozen=True)
class ChangedText:
    """What is said in a language: the answer of a question, or the caption of a figure."""

    place: str
    language: str
    before: str
    now: str
    caption: bool = False


@dataclass(frozen=True)
class ChangedFigure:
    """A figure of either site."""

    id: str
    status: Status
    method: str
    failures: tuple[str, str] = ("", "")
    params: tuple[Moved, ...] = ()
    images: tuple[ChangedImage, ...] = ()
    numbers: tuple[Moved, ...] = ()
    lights: tuple[ChangedLight, ...] = ()
    pictures: tuple[ChangedPicture, ...] = ()


@dataclass(frozen=True)
class Changes:
    """From `old` to `new`: what they were made from, how the models do, every figure, number and text.

    `lacking` are words for what cannot be compared.
    """

    old: BuiltSite
    new: BuiltSite
    origin: tuple[Moved, ...]
    models: tuple[Judged, ...]
    figures: tuple[ChangedFigure, ...]
    overall: tuple[Moved, ...]
    texts: tuple[ChangedText, ...]
    lacking: tuple[str, ...]

    @property
    def lights(self) -> tuple[ChangedLight, ...]:
        return tuple(light for figure in self.figures for light in figure.lights)

    def with_status(self, *statuses: Status) -> tuple[ChangedFigure, ...]:
        return tuple(figure for figure in self.figures if figure.status in statuses)

    @property
    def same(self) -> bool:
        """Whether a reader of both would find no difference."""
        judged_anew = not all(model.same for model in self.models)
        return not (self.overall or self.texts or judged_anew or self.with_status("changed", "added", "removed"))


def compared(old: BuiltSite, new: BuiltSite) -> Changes:
    """What changed; raises InputError where a site says of its images what cannot be read."""
    models = tuple(_models(old, new))
    figures = tuple(_figures(old, new))
    overall = tuple(
        replace(one, path=(name, *one.path))
        for name in OVERALL
        for one in moved(getattr(old.record, name), getattr(new.record, name))
    )
    claims = sum(one.difference is not None for figure in figures for one in figure.numbers)
    judging = sum(len(model.numbers) for model in models)
    return Changes(
        old,
        new,
        moved(_origin(old), _origin(new)),
        tuple(_held(model, judging) for model in models),
        tuple(replace(figure, numbers=held(figure.numbers, claims)) for figure in figures),
        held(overall, sum(one.difference is not None for one in overall)),
        tuple(_texts(old, new)),
        tuple(_lacking(old, new, models)),
    )


def _held(model: Judged, claims: int) -> Judged:
    accuracy, *recalls = held((model.accuracy, *model.recall.values()), claims)
    surer = held((model.probability,), claims)[0] if model.probability else None
    return replace(model, accuracy=accuracy, recall=dict(zip(model.recall, recalls, strict=True)), probability=surer)


def _origin(site: BuiltSite) -> dict[str, Any]:
    """What a site was made from, and by what."""
    record = site.record
    return {**record.sha256, "seed": str(record.seed), "generator": record.generator, "versions": record.versions}


def _models(old: BuiltSite, new: BuiltSite) -> Iterator[Judged]:
    """Every model of the new site that the old one knew too: by name, the first whatever it was called."""
    before, now = old.evaluations, new.evaluations
    classes = tuple(new.kept.classes or old.kept.classes)
    first, second = (next(iter(site.evaluations.values()), None) or site.counted for site in (old, new))
    if first and second:
        yield judged(next(iter(now), ""), first, second, classes, bool(before and now))
    yield from (judged(name, before[name], now[name], classes) for name in list(now)[1:] if name in before)


def _lacking(old: BuiltSite, new: BuiltSite, models: Sequence[Judged]) -> Iterator[str]:
    """What cannot be told, as a key of the words."""
    for site, word in ((old, "old"), (new, "new")):
        if site.record.kept is None:
            yield f"earlier.{word}"
        elif not site.evaluations and not site.counted:
            yield f"unjudged.{word}"
    if old.evaluations and any(not model.matched for model in models):
        yield "other_images"


def _figures(old: BuiltSite, new: BuiltSite) -> Iterator[ChangedFigure]:
    """Every figure in the order of the new site, then those that are gone."""
    before, now = old.figures, new.figures
    for name, figure in now.items():
        one = before.get(name)
        yield ChangedFigure(name, "added", figure.method) if one is None else _figure(old, new, one, figure)
    yield from (ChangedFigure(name, "removed", one.method) for name, one in before.items() if name not in now)


def _figure(old: BuiltSite, new: BuiltSite, one: SiteFigure, other: SiteFigure) -> ChangedFigure:
    single = of_same_images(old, new, other.id)
    found = ChangedFigure(
        other.id,
        "same",
        other.method,
        (one.failure, other.failure),
        moved({"method": one.method, **one.params}, {"method": other.method, **other.params}),
        tuple(_images(old, new, one, other)),
        moved(one.numbers, other.numbers, single),
        tuple(_lights(one, other)),
        tuple(_pictures(old, new, one, other)),
    )
    parts = (found.params, found.images, found.numbers, found.lights, found.pictures)
    return replace(found, status="changed") if any(parts) or one.failure != other.failure else found


def _lights(one: SiteFigure, other: SiteFigure) -> Iterator[ChangedLight]:
    before, now = _verdicts(one), _verdicts(other)
    for key in dict.fromkeys([*now, *before]):
        first, second = before.get(key, ("", "")), now.get(key, ("", ""))
        if first[0] != second[0]:
            yield ChangedLight(other.id, *key, first[0], second[0], (first[1], second[1]))


def _verdicts(figure: SiteFigure) -> dict[tuple[str, str], tuple[str, str]]:
    """Light and reason by check and model; the model is '' where a figure has but one, and of its first."""
    models = figure.numbers.get("models")
    trees = {"": figure.numbers, **(models if isinstance(models, Mapping) else {})}
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for model, tree in trees.items():
        told = tree.get("verdict") if isinstance(tree, Mapping) else None
        for check, light in told.items() if isinstance(told, Mapping) else ():
            known = light if isinstance(light, Mapping) else {}
            found[check, model] = str(known.get("light", "")), str(known.get("reason", ""))
    return found


def _images(old: BuiltSite, new: BuiltSite, one: SiteFigure, other: SiteFigure) -> Iterator[ChangedImage]:
    """The images that only one of two figures shows, and those of which the model says something else."""
    before, now = _rows(one), _rows(other)
    for key in dict.fromkeys([*now, *before]):
        first, second = before.get(key), now.get(key)
        seen = f"figures/{other.id}-{key[0]}-image.png"
        if first and second and not _differs(old, new, seen):
            if _says(first, second):
                yield ChangedImage(key[0], first, second)
        else:
            yield from (ChangedImage(key[0], first, None),) if first else ()
            yield from (ChangedImage(key[0], None, second),) if second else ()


def _rows(figure: SiteFigure) -> dict[tuple[int, str, str, int], Mapping[str, Any]]:
    """The images of a figure by row, model, layer and how often that came before."""
    found: dict[tuple[int, str, str, int], Mapping[str, Any]] = {}
    for image in figure.images:
        index = image.get("index")
        if not isinstance(index, int):
            continue
        key, turn = (index, str(image.get("model", "")), str(image.get("layer", ""))), 0
        while (*key, turn) in found and turn < len(figure.images):
            turn += 1
        found[(*key, turn)] = {name: image[name] for name in TOLD if name in image}
    return found


def _says(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether a model says of an image what a reader would call something else."""
    pairs = [(one.get(name), other.get(name)) for name in ("probability", "value")]
    numbers = [abs(a - b) for a, b in pairs if isinstance(a, int | float) and isinstance(b, int | float)]
    return one.get("prediction") != other.get("prediction") or max(numbers, default=0) >= SHADE


def _differs(old: BuiltSite, new: BuiltSite, name: str) -> bool:
    """Whether a file that both sites have is another; one whose digest nobody wrote down is read."""
    before, now = ((site.record.files or {}).get(name) for site in (old, new))
    if before and now:
        return before != now
    return bool(old.picture(name) and new.picture(name)) and old.picture(name) != new.picture(name)


def _pictures(old: BuiltSite, new: BuiltSite, one: SiteFigure, other: SiteFigure) -> Iterator[ChangedPicture]:
    for name in dict.fromkeys([*other.files, *one.files]):
        before, now = name in one.files, name in other.files
        if not name.endswith(VEIL) and (before != now or _differs(old, new, name)):
            yield ChangedPicture(name, before, now)


def _texts(old: BuiltSite, new: BuiltSite) -> Iterator[ChangedText]:
    """Answers and captions that read otherwise; nothing where either site kept none."""
    if old.record.kept is None or new.record.kept is None:
        return
    before, now = ({one.id: one.answer for one in site.kept.questions} for site in (old, new))
    yield from _said(before, now, new.languages)
    first, second = ({name: one.caption for name, one in site.called.items()} for site in (old, new))
    yield from (replace(text, caption=True) for text in _said(first, second, new.languages))


def _said(
    before: Mapping[str, Mapping[str, str]], now: Mapping[str, Mapping[str, str]], languages: Sequence[str]
) -> Iterator[ChangedText]:
    for place in dict.fromkeys([*now, *before]):
        for language in languages:
            one, other = (texts.get(place, {}).get(language, "") for texts in (before, now))
            if one != other:
                yield ChangedText(place, language, one, other)
