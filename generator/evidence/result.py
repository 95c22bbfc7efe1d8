"""What was measured, typed from the measure to the manifest, the page and the prose; `plain` is the manifest's form.

A further measure is a module of this room, an entry of `CHECKS` with a field of `FigureEvidence` here, and its words.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import singledispatch
from typing import Any, Literal

from generator.artefacts import Fact, Floats
from generator.evidence.classes import Calibration, ClassScores, Leakage
from generator.evidence.dependence import (
    FIT,
    REPEATED,
    RETAINED,
    Agreement,
    LimeFit,
    Repetition,
    Survival,
    class_swap,
    fits,
    lime_fit,
    random_weights,
    repeats,
    repetition,
    survives,
)
from generator.evidence.estimates import Bounds, Colour, Estimate, Light, Said, Statement, Verdict, decided
from generator.evidence.explainer import Case
from generator.evidence.faithfulness import ASKED, Faithfulness, faithful, faithfulness
from generator.evidence.localisation import RegionEffect, RegionShare, region_shares
from generator.tally import Spent

PART = "."  # between a figure and a model, in whose names it never stands
Answer = tuple[Any, Verdict | None]
"""A field of `FigureEvidence`, None where a method is not asked, and why nothing may be said of it."""


def located(case: Case) -> Answer:
    """Where the maps of a method lie."""
    bench, untrained = case.bench, case.untrained
    random = untrained.shares_by_class(bench.faces.target, bench.classifier.n_classes) if untrained else ()
    case.each.update({f"looks.{name}": own for name, own in zip(bench.parts.regions, case.own.shares.T, strict=True)})
    silent = case.silent(case.own.total.images) if bench.parts.regions else Verdict("silent", "no_regions", 0)
    return region_shares(case.own.total, random, bench.parts), silent


@dataclass(frozen=True)
class Check:
    """A question to the maps of a figure, answered by its `field`.

    Of the numbers `asked`, the `first` is told with the light, to which a `rule` brings what may be said of them; all
    checks of one rule speak together. It is asked of maps of further images, or of the facts beside the images
    `shown`; where it `may_lack`, of some methods only. `share`: its number reads in per cent, `networks` stand behind
    it, and under the lights `held` it is one to claim. `inapplicable` are reasons of its own not to ask.
    """

    field: str
    asked: Mapping[str, Bounds]
    rule: Callable[[Said], Light] | None
    of_maps: Callable[[Case], Answer] | None = None
    of_shown: Callable[[tuple[Mapping[str, Fact], ...]], Answer] | None = None
    may_lack: bool = False
    share: bool = False
    networks: bool = False
    held: tuple[Colour, ...] = ("green",)
    inapplicable: tuple[str, ...] = ()

    @property
    def first(self) -> str:
        return next(iter(self.asked), "")


CHECKS: Mapping[str, Check] = {  # in the order in which one would ask
    "looks": Check("region_share", {}, None, located, inapplicable=("no_regions",)),  # regions have tables of their own
    "faithful": Check("faithfulness", ASKED, faithful, faithfulness, held=("green", "amber")),
    "class": Check("class_swap", RETAINED, survives, class_swap, share=True, inapplicable=("two_classes",)),
    "weights": Check(
        "random_weights", RETAINED, survives, random_weights, share=True, networks=True, inapplicable=("outputs_only",)
    ),
    "fit": Check("lime", FIT, fits, of_shown=lime_fit, may_lack=True),
    "repeat": Check("repeat", REPEATED, repeats, repetition, may_lack=True),
}


@dataclass(frozen=True)
class Drawn:
    """The images that a figure was measured on, `empty` ones among them, and the rule that drew them.

    `thrifty` are parameters that are not those of the figure: its maps are too dear for so many images.
    """

    n: int = 0
    empty: int = 0
    rule: str = "random_correct"
    thrifty: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class FigureEvidence:
    """Everything measured of one figure; without images only its lights say why, and what its own images tell.

    `each` has numbers of single images, of those in the rows `index` from the first one on.
    """

    images: Drawn = field(default_factory=Drawn)
    region_share: Mapping[str, RegionShare] = field(default_factory=dict)
    faithfulness: Faithfulness = field(default_factory=Faithfulness)
    class_swap: Survival = field(default_factory=Survival)
    random_weights: Survival = field(default_factory=Survival)
    repeat: Repetition | None = None
    verdict: Mapping[str, Verdict] = field(default_factory=dict)
    lime: LimeFit | None = None
    said: Mapping[str, Said] = field(default_factory=dict)  # by check
    each: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    def light(self, check: str) -> Colour | Literal[""]:
        """The light of a check, '' where it is not asked."""
        return self.verdict[check].light if check in self.verdict else ""

    def holds(self, check: str) -> bool:
        """Whether the number of a check may be claimed."""
        return self.light(check) in CHECKS[check].held

    def word(self, check: str) -> str:
        """What the light of a check is called: what is not applicable is not just unknown."""
        verdict = self.verdict[check]
        return "inapplicable" if verdict.reason in ("not_asked", *CHECKS[check].inapplicable) else verdict.light

    def says(self, check: str, number: str = "") -> Statement | Literal[""]:
        """What may be said of a number of a check, without a name of its first; '' where nothing is known."""
        return self.said.get(check, {}).get(number or CHECKS[check].first, "")

    def estimates(self, check: str) -> dict[str, Estimate]:
        """The numbers that answer a check by their names; those of regions are told apart from them."""
        answer = getattr(self, CHECKS[check].field)
        named = {one.name: getattr(answer, one.name) for one in fields(answer)} if is_dataclass(answer) else {}
        named |= {name: one for by in [*named.values()] if isinstance(by, Mapping) for name, one in by.items()}
        return {name: one for name, one in named.items() if isinstance(one, Estimate)}


@dataclass(frozen=True)
class DataEvidence:
    """The pictures of a split; `leakage` is None where nobody looked."""

    split: str
    leakage: Leakage | None


@dataclass(frozen=True)
class ReportEvidence:
    """What was measured of a report: by figure, and over all of them; without `data` nothing was.

    `mean_maps (K, H, W)` by figure: the mean map of each class, 1 where it is as strong as on average; NaN where a
    class has fewer than eight images. `failures` by figure: why its maps could not be computed on further images.
    `cut` by figure, and for the regions under '': of how many images it was asked, and of how many without a limit of
    time. `passes` is what models were asked for all of it.
    """

    figures: Mapping[str, FigureEvidence] = field(default_factory=dict)
    region_effect: Mapping[str, Mapping[str, RegionEffect]] = field(default_factory=dict)
    agreement: Mapping[str, Mapping[str, Agreement]] = field(default_factory=dict)
    data: DataEvidence | None = None
    calibration: Calibration | None = None
    classes: Mapping[str, ClassScores] = field(default_factory=dict)
    mean_maps: Mapping[str, Floats] = field(default_factory=dict)
    failures: Mapping[str, str] = field(default_factory=dict)
    cut: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    passes: Spent = Spent()  # noqa: RUF009, frozen

    def parts_of(self, figure: str) -> tuple[str, ...]:
        """What was measured of a figure: of each of its models, under the names that `part_named` gives."""
        return tuple(name for name in self.figures if name.partition(PART)[0] == figure)

    def of(self, figure: str) -> FigureEvidence:
        """What was measured of a figure; nothing of one that is no attribution."""
        return self.figures.get(figure, FigureEvidence())


@singledispatch
def plain(value: object) -> Any:  # noqa: ANN401  a tree of JSON's types
    """What was measured as the manifest writes it: estimates as {mean, low, high, n}, null where silent."""
    if is_dataclass(value):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {key: plain(entry) for key, entry in value.items()}
    return [plain(entry) for entry in value] if isinstance(value, tuple) else value


@plain.register
def _(value: Drawn) -> dict[str, Any]:
    known = {"n": value.n, "empty": value.empty, "rule": value.rule}
    return {**known, **({"thrifty": dict(value.thrifty)} if value.thrifty else {})}


@plain.register
def _(value: RegionShare) -> dict[str, Any]:
    known = {name: plain(getattr(value, name)) for name in ("area", "ceiling", "blob", "untrained")}
    return {**known, **{name: plain(share) for name, share in value.by_class.items()}}


@plain.register
def _(value: FigureEvidence) -> dict[str, Any]:
    known = {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    images, shares, lime, each, _ = (known.pop(name) for name in ("images", "region_share", "lime", "each", "said"))
    looks = {region: dict(share.looked_at) for region, share in value.region_share.items()}
    measured = {"region_share": shares, "looks": looks, **known} if value.images.n else {"verdict": known["verdict"]}
    return {
        "evidence_images": images,
        **measured,
        **({"lime": lime} if lime else {}),
        **({"each": each} if each else {}),
    }


@plain.register
def _(value: RegionEffect) -> dict[str, Any]:
    known = {name: plain(getattr(value, name)) for name in ("inside", "elsewhere", "difference")}
    return {**known, "holds": value.holds, "said": decided(value.said) if value.difference else None}


@plain.register
def _(value: Estimate) -> dict[str, float]:
    return {"mean": value.mean, "low": value.low, "high": value.high, "n": value.n}


@plain.register
def _(value: Verdict) -> dict[str, Any]:
    return {"light": value.light, "reason": value.reason, "n": value.n}


@plain.register
def _(value: Calibration) -> dict[str, Any]:
    means = {name: plain(getattr(value, name)) for name in ("accuracy", "confidence", "gap", "ece")}
    null = {"mean": value.expected, "quantile": value.quantile}
    return {**means, "ece_if_calibrated": null, "miscalibrated": value.miscalibrated, "bins": plain(value.bins)}


@plain.register
def _(value: DataEvidence) -> dict[str, Any]:
    unknown = {"duplicates": None, "in_training": None, "other_label": None}
    return {"split": value.split, **(plain(value.leakage) if value.leakage else unknown)}


@plain.register
def _(value: ReportEvidence) -> dict[str, Any]:
    """What was measured over all figures."""
    top = ("region_effect", "agreement", "data", "calibration", "classes")
    known = {name: plain(getattr(value, name)) for name in top} if value.data else {}
    cut = {name or "regions": {"images": asked, "wanted": wanted} for name, (asked, wanted) in value.cut.items()}
    return {**known, **({"cut": cut} if cut else {})}
