"""The evidence as prose asks for it, and all functions that prose may call: numbers, claims, sentences.

A figure, class or region that does not exist is the author's mistake; what is silent prints as '–' and is false.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from generator.evidence.dependence import Agreement
from generator.evidence.estimates import Verdict
from generator.evidence.faithfulness import AVERAGE, REFERENCES
from generator.evidence.localisation import ALL, RegionEffect
from generator.evidence.result import CHECKS, FigureEvidence, ReportEvidence
from generator.methods import METHODS
from generator.prose import numbers
from generator.prose.numbers import Numbers, functions_of, one_of
from generator.prose.quantities import CheckLine, Claim, Light, Listed, Name, Quantity, Share, Unit
from generator.words import Words

COMPARED = (*REFERENCES, AVERAGE)
EXCHANGES = ("class", "weights")
UNASKED = Verdict("silent", "too_few", 0)


@dataclass(frozen=True)
class Spoken(Numbers):
    """All functions of the prose, over the evidence too, in the language of its words; `methods` by figure."""

    evidence: ReportEvidence
    methods: Mapping[str, str]
    words: Words

    def context(self) -> dict[str, Callable[..., object]]:
        """Name → function, for the sandbox."""
        return {**super().context(), **{name: getattr(self, name) for name in NAMES}}

    def region_share(self, figure: str, region: str, class_id: str = ALL) -> Share:
        """The share of a figure's maps that lies in a region, of one class or all; `.times` its area."""
        known = self._figure(figure).region_share.get(self._region(region).id)
        self._group(class_id)
        if known is None:
            unknown = Quantity.unknown("share")
            return Share.made(unknown, False, area=unknown, untrained=unknown)
        area, untrained = Quantity(known.area, "share"), Quantity.of(known.untrained, "share")
        share = Quantity.of(known.by_class[class_id], "share")
        return Share.made(share, known.looked_at[class_id], area=area, untrained=untrained)

    def looks_at(self, figure: str, class_id: str = ALL) -> Listed:
        """The regions that the maps of a class mark beyond their area, a blob and untrained networks; may be none."""
        shares, name = self._figure(figure).region_share, self._group(class_id)
        held = [region for region, share in shares.items() if share.looked_at[name]]
        return Listed.of(tuple(self.region_name(region) for region in held), self.language)

    def region_effect(self, region: str, class_id: str = ALL) -> Claim:
        """How much more blurring a region lowers the probability than blurring elsewhere; true where above 0."""
        by_class = self.evidence.region_effect.get(self._region(region).id, {})
        effect = by_class.get(self._group(class_id), RegionEffect())
        inside, elsewhere = Quantity.of(effect.inside, "share"), Quantity.of(effect.elsewhere, "share")
        return Claim.made(Quantity.of(effect.difference, "share"), effect.holds, inside=inside, elsewhere=elsewhere)

    def gap(self, figure: str) -> Claim:
        """The faithfulness gap of a figure's maps, 0 by chance; true where it is above 0."""
        known = self._figure(figure)
        return Claim.made(Quantity.of(known.faithfulness.gap), known.holds("faithful"))

    def beats(self, figure: str, reference: str) -> Claim:
        """How far the gap exceeds that of 'blob', 'change', 'untrained' or 'average'; true where the interval does."""
        one_of(reference, COMPARED, "reference")
        value = Quantity.of(self._figure(figure).faithfulness.over.get(reference))
        return Claim.made(value, value.low > 0)

    def retained(self, figure: str, exchange: str) -> Claim:
        """What part of a map survives another 'class' or random 'weights'; true where the map changes with them."""
        one_of(exchange, EXCHANGES, "exchange")
        known = self._figure(figure)
        survival = known.class_swap if exchange == "class" else known.random_weights
        return Claim.made(Quantity.of(survival.retained, "share"), known.holds(exchange))

    def lime_fit(self, figure: str) -> Claim:
        """LIME's R² on samples left out, with `.stability` and `.chance`; true where both are good."""
        known = self._figure(figure)
        r2, stability, chance = (Quantity.of(getattr(known.lime, name, None)) for name in ("r2", "stability", "chance"))
        return Claim.made(r2, known.holds("fit"), stability=stability, chance=chance)

    def agree(self, one: str, other: str) -> Claim:
        """How much more two methods agree on one picture than on two; true where above 0. `.same` is the plain one."""
        self._figure(one)
        self._figure(other)
        pair = self.evidence.agreement.get(one, {}).get(other, Agreement())
        excess = Quantity.of(pair.excess)
        return Claim.made(excess, excess.low > 0, same=Quantity.of(pair.same))

    def confused(self, class_id: str) -> Name:
        """The one class that images of this one are clearly most often mistaken for; '–' and false where none is."""
        scores = self.evidence.classes.get(self._group(class_id))
        if scores is None or scores.confused is None:
            return Name("", "–")
        return self.class_name(scores.confused)

    def overconfidence(self) -> Claim:
        """Confidence minus accuracy over the evaluation; true where it is above 0."""
        known = self.evidence.calibration
        gap = Quantity.of(known.gap if known else None, "share")
        return Claim.made(gap, gap.low > 0)

    def verdict(self, figure: str, check: str) -> Light:
        """The light of 'looks', 'faithful', 'class', 'weights', 'fit' or 'repeat'."""
        one_of(check, tuple(CHECKS), "check")
        verdict = self._figure(figure).verdict.get(check, UNASKED)
        light = Light(verdict.light, self._sentence(figure, check, verdict.reason))
        light.reason, light.n = verdict.reason, verdict.n
        return light

    def say(self, figure: str) -> str:
        """The evidence of a figure in a few sentences: what holds or does not, and why where nothing is known."""
        lines = self.lines(figure)
        told = [line.sentence for line in lines if line.light != "silent"] or [line.sentence for line in lines[:1]]
        return self._joined(dict.fromkeys(told)) or self.words("evidence.says.any.too_few")

    def rule(self, figure: str) -> str:
        """Which images the evidence of a figure was measured on."""
        drawn = self._figure(figure).images
        key = f"evidence.drawn.{drawn.rule}" if drawn.n else "evidence.says.any.too_few"
        return self.words(key, n=drawn.n)

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
        first, verdict = checks[0], self._figure(figure).verdict[checks[0]]
        name = self.words.listed([self.words(f"evidence.check.{check}") for check in checks])
        sentence = self._sentence(figure, first, verdict.reason)
        return CheckLine(first, verdict.light, name, sentence, self._number(figure, first))

    def _sentence(self, figure: str, check: str, reason: str) -> str:
        own = f"evidence.says.{check}.{reason}"
        key = own if self.words.has(own) else f"evidence.says.any.{reason}"
        said = [self.words(key, regions=str(self.looks_at(figure)))]
        if check == "faithful" and key == own and reason != "nothing_hides_the_class":
            average = self.beats(figure, AVERAGE)
            if average.known and reason != "not_above_zero":
                said.append(self.words(f"evidence.further.{'beats_average' if average else 'average_as_good'}"))
            method = METHODS.get(self.methods.get(figure, ""))
            if method is not None and method.covers:
                said.append(self.words("evidence.further.at_home"))
        return self._joined(said)

    def _joined(self, sentences: Iterable[str]) -> str:
        return self.words("punctuation.sentence").join(sentences)

    def _number(self, figure: str, check: str) -> str:
        """The number behind a light with its interval."""
        if check == "looks":
            return self._densest(figure)
        unit: Unit = "share" if CHECKS[check].share else "plain"
        estimates = self._figure(figure).estimates(check)
        told = {name: Quantity.of(one, unit) for name, one in estimates.items()}
        if CHECKS[check].share:
            told = {name: one.part for name, one in told.items()}
        value = told.get(CHECKS[check].estimate)
        if value is None:
            return ""
        places = {name: str(one) for name, one in told.items()}
        return self.words(f"evidence.number.{check}", **places) + self._bounds(value)

    def _densest(self, figure: str) -> str:
        """The region with the most of the map for its area, of those that are looked at, else of all."""
        regions = self.looks_at(figure) or tuple(self._figure(figure).region_share)
        shares = [(region, self.region_share(figure, region)) for region in regions]
        known = [(region, share) for region, share in shares if share.known]
        if not known:
            return ""
        region, share = max(known, key=lambda pair: float(pair[1].times))
        places = {"region": str(self.region_name(region)), "share": str(share), "area": str(share.area)}
        return self.words("evidence.number.looks", **places) + self._bounds(share)

    def _bounds(self, value: Quantity) -> str:
        low, high = (str(Quantity(bound, value.unit)) for bound in (value.low, value.high))
        return self.words("evidence.interval", low=low, high=high, n=value.n)

    def _group(self, class_id: str) -> str:
        return class_id if class_id == ALL else one_of(class_id, self.facts.classes, "class")

    def _figure(self, figure: str) -> FigureEvidence:
        return self.evidence.of(one_of(figure, self.methods, "figure"))


NAMES = functions_of(Spoken, but=("lines", "line", "shared_lines"))  # which only the pages ask for
FUNCTIONS: Mapping[str, Callable[..., object]] = {name: getattr(Spoken, name) for name in (*numbers.NAMES, *NAMES)}
