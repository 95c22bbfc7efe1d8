"""The evidence as prose asks for it, and all functions that prose may call: numbers, claims, sentences.

A figure, class or region that does not exist is the author's mistake; what is silent prints as '–' and is false.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from generator.evidence.classes import SURE
from generator.evidence.dependence import Agreement
from generator.evidence.estimates import Estimate, Verdict
from generator.evidence.faithfulness import AVERAGE, REFERENCES
from generator.evidence.localisation import ALL, RegionEffect
from generator.evidence.result import CHECKS, FigureEvidence, ReportEvidence
from generator.evidence.statement import stated
from generator.methods import METHODS
from generator.prose import numbers
from generator.prose.lookup import one_of
from generator.prose.numbers import Numbers, functions_of
from generator.prose.quantities import CheckLine, Claim, Light, Listed, Name, Quantity, Share, Unit, printed

COMPARED = (*REFERENCES, AVERAGE)
EXCHANGES = ("class", "weights")
UNASKED = Verdict("silent", "not_asked", 0)
SHOWN = ("below", "within", "not_above", "not_below", "undecided")  # of what is not beaten, or not needed


@dataclass(frozen=True)
class Spoken(Numbers):
    """All functions of the prose, over the evidence too, in the language of its words; `methods` by figure."""

    evidence: ReportEvidence
    methods: Mapping[str, str]

    def context(self) -> dict[str, Callable[..., object]]:
        """Name → function, for the sandbox."""
        return {name: partial(self.told, name) for name in FUNCTIONS}

    def fact(self, figure: str, key: str, row: str | int | None = None) -> object:
        """The same, a difference of two shares in the words of the language."""
        told = super().fact(figure, key, row)
        return self._called(told) if isinstance(told, Quantity) and told.unit == "points" else told

    def region_share(self, figure: str, region: str, class_id: str = ALL) -> Share:
        """The share of a figure's maps that lies in a region, of one class or all; `.times` its area."""
        known = self._figure(figure).region_share.get(self._region(region).id)
        self._group(class_id)
        if known is None:
            unknown = Quantity.unknown("share")
            return Share.made(unknown, False, area=unknown, blob=unknown, untrained=unknown)
        against = {"area": Quantity(known.area, "share"), "blob": Quantity(known.blob, "share")}
        against["untrained"] = Quantity.of(known.untrained, "share")
        share = Quantity.of(known.by_class[class_id], "share")
        return Share.made(share, known.looked_at.get(class_id, False), known.marks.get(class_id, ""), **against)

    def looks_at(self, figure: str, class_id: str = ALL) -> Listed:
        """The regions that a faithful map marks (`marks`) and that the model needs (`costs_more`); may be none."""
        shares, name = self._figure(figure).region_share, self._group(class_id)
        return self._regions(region for region, share in shares.items() if share.looked_at.get(name))

    def marks(self, figure: str, class_id: str = ALL) -> Listed:
        """The regions that maps mark beyond their area, a blob and untrained networks, whatever the model does."""
        shares, name = self._figure(figure).region_share, self._group(class_id)
        return self._regions(r for r, share in shares.items() if share.excess and share.marks.get(name) == "above")

    def costs_more(self, class_id: str = ALL) -> Listed:
        """The regions whose hiding lowers the probability, and by more than hiding other places; may be none."""
        return self._said_of_regions("above", class_id)

    def costs_less(self, class_id: str = ALL) -> Listed:
        """The regions whose hiding costs less than hiding other places; may be none."""
        return self._said_of_regions("below", class_id)

    def region_effect(self, region: str, class_id: str = ALL) -> Claim:
        """How much more hiding a region costs than hiding other places; true where it costs anything, and more."""
        effect = self._effect(region, class_id)
        inside, elsewhere = Quantity.of(effect.inside, "share"), Quantity.of(effect.elsewhere, "share")
        return Claim.made(
            self._points(effect.difference), effect.holds, effect.said, inside=inside, elsewhere=elsewhere
        )

    def say_effect(self, region: str, class_id: str = ALL) -> str:
        """What hiding a region does, as a sentence with its numbers."""
        effect = self.region_effect(region, class_id)
        group = self.words("evidence.all") if class_id == ALL else str(self.class_name(class_id))
        places = {"region": str(self.region_name(region)), "group": group, "points": str(effect.size)}
        told = effect.size if effect.said == "below" else effect  # 'costs less' says the sign
        places |= {"mean": str(effect), "inside": str(effect.inside), "low": printed(told.low, "points")}
        key = f"evidence.effect.{self._effect(region, class_id).said if effect.known else 'unknown'}"
        return self.words(key, **places, high=printed(told.high, "points"), n=effect.n)

    def gap(self, figure: str) -> Claim:
        """The faithfulness gap of a figure's maps, 0 by chance; true where it is above 0."""
        known = self._figure(figure)
        return Claim.made(Quantity.of(known.faithfulness.gap), known.holds("faithful"), known.says("faithful"))

    def beats(self, figure: str, reference: str) -> Claim:
        """How far the gap exceeds that of 'blob', 'change', 'untrained' or 'average'; true where it clearly does."""
        one_of(reference, COMPARED, "reference")
        known = self._figure(figure)
        said = known.says("faithful", reference)
        return Claim.made(Quantity.of(known.faithfulness.over.get(reference)), said == "above", said)

    def retained(self, figure: str, exchange: str) -> Claim:
        """What part of a map survives another 'class' or random 'weights'; true where the map changes with them."""
        one_of(exchange, EXCHANGES, "exchange")
        known = self._figure(figure)
        survival = known.class_swap if exchange == "class" else known.random_weights
        return Claim.made(Quantity.of(survival.retained, "share"), known.holds(exchange), known.says(exchange))

    def lime_fit(self, figure: str) -> Claim:
        """LIME's R² on samples left out, with `.stability` and `.chance`; true where both are good."""
        known = self._figure(figure)
        units: Mapping[str, Unit] = {"r2": "plain", "stability": "share", "chance": "share"}
        r2, stability, chance = (Quantity.of(getattr(known.lime, name, None), unit) for name, unit in units.items())
        return Claim.made(r2, known.holds("fit"), known.says("fit"), stability=stability, chance=chance)

    def agree(self, one: str, other: str) -> Claim:
        """How much more two methods agree on one picture than on two; true where above 0. `.same` is the plain one."""
        self._figure(one)
        self._figure(other)
        pair = self.evidence.agreement.get(one, {}).get(other, Agreement())
        return Claim.made(Quantity.of(pair.excess), pair.said == "above", pair.said, same=Quantity.of(pair.same))

    def confused(self, class_id: str) -> Name:
        """The one class that images of this one are clearly most often mistaken for; '–' and false where none is."""
        scores = self.evidence.classes.get(self._group(class_id))
        if scores is None or scores.confused is None:
            return Name("", "–")
        return self.class_name(scores.confused)

    def overconfidence(self) -> Claim:
        """Confidence minus accuracy over the evaluation; true where it is above 0."""
        known = self.evidence.calibration.gap if self.evidence.calibration else None
        said = stated(known, SURE)
        return Claim.made(self._points(known), said == "above", said)

    def verdict(self, figure: str, check: str) -> Light:
        """The light of 'looks', 'faithful', 'class', 'weights', 'fit' or 'repeat'."""
        one_of(check, tuple(CHECKS), "check")
        verdict = self._figure(figure).verdict.get(check, UNASKED)
        light = Light(verdict.light, self._sentence(figure, check, verdict))
        light.reason, light.n = verdict.reason, verdict.n
        return light

    def say(self, figure: str) -> str:
        """The evidence of a figure in a few sentences: what holds or does not, and why where nothing is known."""
        verdicts, checks = self._figure(figure).verdict, [shared[0] for shared in self.shared_lines(figure)]
        known = [check for check in checks if verdicts[check].light != "silent"] or checks[:1]
        told = (sentence for check in known for sentence in self._sentences(figure, check, verdicts[check]))
        return self._joined(dict.fromkeys(told)) or self.words("evidence.says.any.not_asked")

    def rule(self, figure: str) -> str:
        """Which images the evidence of a figure was measured on."""
        drawn = self._figure(figure).images
        key = f"evidence.drawn.{drawn.rule}" if drawn.n else "evidence.says.any.not_asked"
        saved = (self.words(f"evidence.drawn.{name}", n=value) for name, value in drawn.thrifty.items())
        return self._joined([self.words(key, n=drawn.n), *saved])

    def lines(self, figure: str) -> tuple[CheckLine, ...]:
        """Every check of a figure in words."""
        return tuple(self.line(figure, checks) for checks in self.shared_lines(figure))

    def shared_lines(self, figure: str) -> tuple[tuple[str, ...], ...]:
        """The checks of a figure in their order; those that are silent for one reason share a line."""
        verdicts = self._figure(figure).verdict
        told: dict[tuple[str, str], list[str]] = {}
        for check in (check for check in CHECKS if check in verdicts):
            light, reason = verdicts[check].light, verdicts[check].reason
            shared = reason if self.words.has(f"evidence.says.any.{reason}") else check
            told.setdefault((light, shared), []).append(check)
        return tuple(map(tuple, told.values()))

    def line(self, figure: str, checks: Sequence[str]) -> CheckLine:
        """Checks that share a line in words."""
        first, known = checks[0], self._figure(figure)
        verdict, word = known.verdict[first], self.words(f"evidence.{known.word(first)}")
        name = self.words.listed([self.words(f"evidence.check.{check}") for check in checks])
        sentence = self._joined([self._sentence(figure, first, verdict), *self._below_zero(figure, first)])
        numbers = self._number(figure, first, verdict)
        return CheckLine(first, verdict.light, word, name, sentence, numbers)

    def _sentence(self, figure: str, check: str, verdict: Verdict) -> str:
        return self._joined(self._sentences(figure, check, verdict))

    def _sentences(self, figure: str, check: str, verdict: Verdict) -> Iterator[str]:
        own = f"evidence.says.{check}.{verdict.reason}"
        key = own if self.words.has(own) else f"evidence.says.any.{verdict.reason}"
        yield self.words(key, regions=str(self._regions(verdict.about)))
        yield from self._further(figure, check, verdict)

    def _further(self, figure: str, check: str, verdict: Verdict) -> Iterator[str]:
        """What qualifies a sentence."""
        if check == "faithful":
            yield from self._compared(figure, verdict)
        if check == "fit" and verdict.light == "undecided":
            yield from self._fitted(figure)
        if check == "repeat" and verdict.light not in ("green", "silent"):
            yield from self._steadier(figure)
        for said in SHOWN if verdict.reason == "unneeded" else ():
            if alike := [region for region in verdict.about if self._effect(region, ALL).said == said]:
                yield self.words(f"evidence.further.hiding.{said}", regions=str(self._regions(alike)))
        if check == "looks" and verdict.light in ("amber", "undecided"):
            by_class = {name: self.looks_at(figure, name) for name in self.facts.classes}
            if cells := [self._cell(name, regions) for name, regions in by_class.items() if regions]:
                yield self.words("evidence.further.by_class", cells=self.words("evidence.between").join(cells))

    def _below_zero(self, figure: str, check: str) -> Iterator[str]:
        """What the number that stands beside a check means where it is negative."""
        number = self._figure(figure).estimates(check).get(CHECKS[check].first)
        if CHECKS[check].share and number and number.mean < 0:
            yield self.words("evidence.further.negative")

    def _compared(self, figure: str, verdict: Verdict) -> Iterator[str]:
        """Every map of somebody who ignores the model that this one does not beat, and how it stands to it."""
        measured = self._figure(figure)
        known = measured.said.get("faithful", {}) if measured.holds("faithful") else {}
        if known.get(AVERAGE) == "above":
            yield self.words("evidence.further.beats_average")
        for said in SHOWN:
            if alike := [self.words(f"evidence.reference.{one}") for one in COMPARED if known.get(one) == said]:
                yield self.words(f"evidence.further.compared.{said}", references=self.words.listed(alike))
        method = METHODS.get(self.methods.get(figure, ""))
        if method is not None and method.covers and verdict.light != "silent":
            yield self.words("evidence.further.at_home")

    def _fitted(self, figure: str) -> Iterator[str]:
        """What holds of the numbers of LIME's fit, where not all that is asked of them is decided."""
        said = self._figure(figure).said["fit"]
        keys = [f"evidence.further.fit.{number}.{one}" for number, one in said.items() if one != "undecided"]
        yield from map(self.words, keys)

    def _steadier(self, figure: str) -> Iterator[str]:
        """Beside single pixels that do not come again: whether areas do, and which parameters of the method help."""
        known, hint = self._figure(figure), f"evidence.further.steadier.{self.methods.get(figure)}"
        if known.says("repeat", "cell") == "above":
            yield self.words("evidence.further.areas", cell=str(Quantity.of(known.estimates("repeat")["cell"])))
        if self.words.has(hint):
            yield self.words(hint)

    def _joined(self, sentences: Iterable[str]) -> str:
        return self.words("punctuation.sentence").join(sentences)

    def _number(self, figure: str, check: str, verdict: Verdict) -> str:
        """The number behind a light with its interval: of regions, the first that the light is about."""
        if check == "looks":
            return self._share(figure, verdict.about[0]) if verdict.about else ""
        unit: Unit = "share" if CHECKS[check].share else "plain"
        estimates = self._figure(figure).estimates(check)
        told = {name: Quantity.of(one, unit) for name, one in estimates.items()}
        value = told.get(CHECKS[check].first)
        if value is None:
            return ""
        places = {name: str(one) for name, one in told.items()}
        unit_word = "networks" if CHECKS[check].networks else "images"
        return self.words(f"evidence.number.{check}", **places) + self._bounds(value, unit_word)

    def _share(self, figure: str, region: str) -> str:
        """The share of a region, beside all that it is compared with."""
        share = self.region_share(figure, region)
        places = {"region": self.region_name(region), "area": share.area, "blob": share.blob}
        untrained = share.untrained
        against = self.words("evidence.number.untrained", untrained=untrained) if untrained.known else ""
        return self.words("evidence.number.looks", share=f"{share}{self._bounds(share, 'images')}", **places) + against

    def _cell(self, class_id: str, regions: Listed) -> str:
        return self.words("evidence.effect.cell", region=str(regions), groups=str(self.class_name(class_id)))

    def _bounds(self, value: Quantity, unit: str) -> str:
        low, high = (str(Quantity(bound, value.unit)) for bound in (value.low, value.high))
        return self.words(f"evidence.interval.{unit}", low=low, high=high, n=value.n)

    def _points(self, estimate: Estimate | None) -> Quantity:
        """A difference of two shares."""
        return self._called(Quantity.of(estimate, "points"))

    def _called(self, points: Quantity) -> Quantity:
        return points.called((self.words("evidence.points.one"), self.words("evidence.points.other")))

    def _effect(self, region: str, class_id: str) -> RegionEffect:
        by_class = self.evidence.region_effect.get(self._region(region).id, {})
        return by_class.get(self._group(class_id), RegionEffect())

    def _said_of_regions(self, said: str, class_id: str) -> Listed:
        return self._regions(region for region in self.facts.regions if self._effect(region, class_id).said == said)

    def _regions(self, regions: Iterable[str]) -> Listed:
        return Listed.of(tuple(self.region_name(region) for region in regions), self.words)

    def _group(self, class_id: str) -> str:
        return class_id if class_id == ALL else one_of(class_id, self.facts.classes, "class")

    def _figure(self, figure: str) -> FigureEvidence:
        return self.evidence.of(one_of(figure, self.methods, "figure"))


NAMES = functions_of(Spoken, but=("fact", "lines", "line", "shared_lines"))  # which only the pages ask for
EVALUATED = frozenset(
    {"evaluated", "accuracy", "support", "recall", "precision", "best_classes", "worst_classes", "confusion"}
    | {"confused", "overconfidence"}
)
"""Those of an evaluation."""
FUNCTIONS: Mapping[str, Callable[..., object]] = {name: getattr(Spoken, name) for name in (*numbers.NAMES, *NAMES)}
