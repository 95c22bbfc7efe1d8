"""The evidence as prose asks for it: numbers with their interval, claims that are true only where they hold, sentences.

A figure, class or region that does not exist is the author's mistake; what is silent prints as '–' and is false.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from generator.errors import InputError, suggestion
from generator.evidence.numbers import ALL, Plain
from generator.evidence.study import Evidence
from generator.evidence.wording import (
    ANY,
    AT_HOME,
    AVERAGE_AS_GOOD,
    BEATS_AVERAGE,
    CHECKS,
    INTERVAL,
    NUMBERS,
    RULES,
    SENTENCES,
)
from generator.methods import METHODS
from generator.prose.claims import Claim, Light, Line, Share, part_of_one
from generator.prose.quantities import Listed, Name, Quantity
from generator.text import Language, Text

REFERENCES = ("blob", "change", "untrained", "average")
EXCHANGES: Mapping[str, str] = {"class": "class_swap", "weights": "random_weights"}


@dataclass(frozen=True)
class Spoken:
    """The functions of the prose over the evidence of a report, in one language.

    `methods` by figure; `fallbacks` are the report's languages in their order.
    """

    evidence: Evidence
    classes: Mapping[str, Text]
    regions: Mapping[str, Text]
    methods: Mapping[str, str]
    language: Language
    fallbacks: tuple[str, ...] = ()

    def context(self) -> dict[str, Callable[..., object]]:
        """Name → function, for the sandbox."""
        return {name: getattr(self, name) for name in NAMES}

    def region_share(self, figure: str, region: str, class_id: str = ALL) -> Share:
        """The share of a figure's maps that lies in a region, of one class or all; `.times` its area."""
        found = self._entry(self._figure(figure), "region_share", self._known(region, self.regions, "region"))
        share = Quantity.of(found.get(self._class(class_id)), "share")
        holds = self._figure(figure).get("looks", {}).get(region, {}).get(class_id, False)
        area = Quantity(found["area"], "share") if found else Quantity.unknown("share")
        untrained = Quantity.of(found.get("untrained"), "share")
        return Share.made(share, holds, area=area, untrained=untrained)

    def looks_at(self, figure: str, class_id: str = ALL) -> Listed:
        """The regions that the maps of a class mark beyond their area, a blob and untrained networks; may be none."""
        found = self._figure(figure).get("looks", {})
        held = [region for region, by_class in found.items() if by_class.get(self._class(class_id))]
        return Listed.of(tuple(self._region(region) for region in held), self.language)

    def region_effect(self, region: str, class_id: str = ALL) -> Claim:
        """How much more blurring a region lowers the probability than blurring elsewhere; true where above 0."""
        by_class = self.evidence.top.get("region_effect", {}).get(self._known(region, self.regions, "region"), {})
        found = by_class.get(self._class(class_id), {})
        inside, elsewhere = (Quantity.of(found.get(key), "share") for key in ("inside", "elsewhere"))
        difference = Quantity.of(found.get("difference"), "share")
        return Claim.made(difference, found.get("holds", False), inside=inside, elsewhere=elsewhere)

    def gap(self, figure: str) -> Claim:
        """The faithfulness gap of a figure's maps, 0 by chance; true where it is above 0."""
        numbers = self._figure(figure)
        value = Quantity.of((numbers.get("faithfulness") or {}).get("gap"))
        light = numbers.get("verdict", {}).get("faithful", {}).get("light")
        return Claim.made(value, light in ("green", "amber"))

    def beats(self, figure: str, reference: str) -> Claim:
        """How far the gap exceeds that of 'blob', 'change', 'untrained' or 'average'; true where the interval does."""
        self._known(reference, REFERENCES, "reference")
        over = (self._figure(figure).get("faithfulness") or {}).get("over", {})
        value = Quantity.of(over.get(reference))
        return Claim.made(value, value.low > 0)

    def retained(self, figure: str, exchange: str) -> Claim:
        """What part of a map survives another 'class' or random 'weights'; true where the map changes with them."""
        key = EXCHANGES[self._known(exchange, tuple(EXCHANGES), "exchange")]
        numbers = self._figure(figure)
        value = Quantity.of((numbers.get(key) or {}).get("retained"), "share")
        return Claim.made(value, numbers.get("verdict", {}).get(exchange, {}).get("light") == "green")

    def lime_fit(self, figure: str) -> Claim:
        """LIME's R² on samples left out, with `.stability` and `.chance`; true where both are good."""
        numbers = self._figure(figure)
        r2, stability, chance = (Quantity.of(numbers.get("lime", {}).get(key)) for key in ("r2", "stability", "chance"))
        light = numbers.get("verdict", {}).get("fit", {}).get("light")
        return Claim.made(r2, light == "green", stability=stability, chance=chance)

    def agree(self, one: str, other: str) -> Claim:
        """How much more two methods agree on one picture than on two; true where above 0. `.same` is the plain one."""
        self._figure(one)
        self._figure(other)
        found = self.evidence.top.get("agreement", {}).get(one, {}).get(other, {})
        excess = Quantity.of(found.get("excess"))
        return Claim.made(excess, excess.low > 0, same=Quantity.of(found.get("same")))

    def confused(self, class_id: str) -> Name:
        """The one class that images of this one are clearly most often mistaken for; '–' and false where none is."""
        found = self.evidence.top.get("classes", {}).get(self._class(class_id), {}).get("confused")
        return Name(found, self._name(self.classes[found])) if found else Name("", "–")

    def overconfidence(self) -> Claim:
        """Confidence minus accuracy over the evaluation; true where it is above 0."""
        gap = Quantity.of((self.evidence.top.get("calibration") or {}).get("gap"), "share")
        return Claim.made(gap, gap.low > 0)

    def verdict(self, figure: str, check: str) -> Light:
        """The light of 'looks', 'faithful', 'class', 'weights', 'fit' or 'repeat'."""
        self._known(check, tuple(CHECKS), "check")
        found = self._figure(figure).get("verdict", {}).get(check) or {"light": "silent", "reason": "too_few", "n": 0}
        light = Light(found["light"], self._sentence(figure, check, found["reason"]))
        light.reason, light.n = found["reason"], found["n"]
        return light

    def say(self, figure: str) -> str:
        """The evidence of a figure in a few sentences: what holds or does not, and why where nothing is known."""
        lines = self.lines(figure)
        told = [line.sentence for line in lines if line.light != "silent"] or [line.sentence for line in lines[:1]]
        joint = "" if self.language.chinese else " "
        return joint.join(dict.fromkeys(told)) or self._text(ANY["too_few"])

    def rule(self, figure: str) -> str:
        """Which images the evidence of a figure was measured on."""
        found = self._figure(figure).get("evidence_images", {"rule": "random_correct", "n": 0})
        return self._text(RULES[found["rule"]], n=found["n"]) if found["n"] else self._text(ANY["too_few"])

    def lines(self, figure: str) -> tuple[Line, ...]:
        """Every check of a figure in words, in their order; those that are silent for one reason share a line."""
        verdicts = self._figure(figure).get("verdict", {})
        found: dict[tuple[str, str], list[Line]] = {}
        for check in CHECKS:
            if check in verdicts:
                light, reason = verdicts[check]["light"], verdicts[check]["reason"]
                sentence, numbers = self._sentence(figure, check, reason), self._numbers(figure, check)
                line = Line(check, light, self._text(CHECKS[check]), sentence, numbers)
                found.setdefault((light, reason if reason in ANY else check), []).append(line)
        return tuple(self._merged(lines) for lines in found.values())

    def _merged(self, lines: Sequence[Line]) -> Line:
        return replace(lines[0], name=self.language.listed(tuple(line.name for line in lines)))

    def _sentence(self, figure: str, check: str, reason: str) -> str:
        text = SENTENCES.get(f"{check}.{reason}") or ANY[reason]
        said = [self._text(text, regions=str(self.looks_at(figure)))]
        if check == "faithful" and f"{check}.{reason}" in SENTENCES and reason != "nothing_hides_the_class":
            average = self.beats(figure, "average")
            if average.known and reason != "not_above_zero":
                said.append(self._text(BEATS_AVERAGE if average else AVERAGE_AS_GOOD))
            method = METHODS.get(self.methods.get(figure, ""))
            if method is not None and method.covers:
                said.append(self._text(AT_HOME))
        return ("" if self.language.chinese else " ").join(said)

    def _numbers(self, figure: str, check: str) -> str:
        """The number behind a light with its interval."""
        if check == "looks":
            return self._densest(figure)
        values: Mapping[str, Callable[[], Quantity]] = {
            "faithful": lambda: self.gap(figure),
            "class": lambda: part_of_one(self.retained(figure, "class")),
            "weights": lambda: part_of_one(self.retained(figure, "weights")),
            "fit": lambda: self.lime_fit(figure),
            "repeat": lambda: Quantity.of((self._figure(figure).get("repeat") or {}).get("pixel")),
        }
        value = values[check]()
        if not value.known:
            return ""
        more = value.more if isinstance(value, Claim) else {}
        return self._text(NUMBERS[check], value=str(value), **{k: str(v) for k, v in more.items()}) + self._bounds(
            value
        )

    def _densest(self, figure: str) -> str:
        """The region with the most of the map for its area, of those that are looked at, else of all."""
        regions = self.looks_at(figure) or tuple(self._figure(figure).get("region_share", {}))
        shares = [(region, self.region_share(figure, region)) for region in regions]
        known = [(region, share) for region, share in shares if share.known]
        if not known:
            return ""
        region, share = max(known, key=lambda pair: float(pair[1].times))
        words = {"region": str(self._region(region)), "share": str(share), "area": str(share.area)}
        return self._text(NUMBERS["looks"], **words) + self._bounds(share)

    def _bounds(self, value: Quantity) -> str:
        low, high = (str(Quantity(bound, value.unit)) for bound in (value.low, value.high))
        return self._text(INTERVAL, low=low, high=high, n=value.n)

    def _text(self, text: Text, **places: object) -> str:
        said = text.in_language(self.language.code, *self.fallbacks, "en")
        return said.format(**places) if places else said

    def _name(self, text: Text) -> str:
        return text.in_language(self.language.code, *self.fallbacks)

    def _region(self, region: str) -> Name:
        return Name(region, self._name(self.regions[region]))

    def _class(self, class_id: str) -> str:
        return class_id if class_id == ALL else self._known(class_id, self.classes, "class")

    def _figure(self, figure: str) -> Plain:
        self._known(figure, self.methods, "figure")
        return self.evidence.numbers(figure)

    def _known(self, name: str, known: Mapping[str, Any] | Sequence[str], what: str) -> str:
        if name not in known:
            raise InputError(f"unknown {what} '{name}'{suggestion(name, list(known))}")
        return name

    @staticmethod
    def _entry(numbers: Plain, *path: str) -> Plain:
        for key in path:
            numbers = numbers.get(key) or {}
        return numbers


NAMES: tuple[str, ...] = (
    "region_share",
    "looks_at",
    "region_effect",
    "gap",
    "beats",
    "retained",
    "lime_fit",
    "agree",
    "confused",
    "overconfidence",
    "verdict",
    "say",
    "rule",
)
