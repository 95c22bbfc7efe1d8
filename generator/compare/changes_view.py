"""What changed as a reader sees it: every name, number and picture in one language, nothing left for a template."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from generator.compare.built_site import BuiltSite
from generator.compare.changes import ChangedFigure, ChangedImage, ChangedPicture, ChangedText, Changes
from generator.compare.differences import Judged, Moved, Number, Path
from generator.compare.shown import (
    FigureView,
    Line,
    Pair,
    TextView,
    data_address,
    evenly,
    is_number,
    unit_of,
    without_addresses,
)
from generator.compare.wording import marked
from generator.evidence.estimates import Estimate
from generator.evidence.result import CHECKS
from generator.prose.quantities import Unit, printed
from generator.words import Words

SHOWN, ROOM = 60, 40_000_000  # pictures of a figure, and bytes of all of them
WIDEST = 360  # CSS pixels of one of two pictures beside each other
ASKED: Mapping[Path, str] = {  # numbers of the evidence by the check that they answer
    ("faithfulness", "gap"): "faithful",
    ("class_swap", "retained"): "class",
    ("random_weights", "retained"): "weights",
    ("repeat", "pixel"): "repeat",
}
MADE_FROM = ("model", "data", "spec", "seed", "versions")  # of the words of a page's foot
LONGEST = 1e12  # of a whole number that is written out
DIGEST = 12  # signs of one that are shown


@dataclass
class ChangesView:
    """All that a page says, for readers of one language; the words of others stand in where theirs were not kept."""

    changes: Changes
    words: Words
    room: int = field(default=ROOM)

    @property
    def language(self) -> str:
        return self.words.language

    @property
    def title(self) -> str:
        return self._text(self.changes.new.kept.title)

    @cached_property
    def classes(self) -> list[str]:
        return [self._text(name) or identifier for identifier, name in self._named_classes.items()]

    @property
    def _named_classes(self) -> Mapping[str, Mapping[str, str]]:
        return self.changes.new.kept.classes or self.changes.old.kept.classes

    def _text(self, said: Mapping[str, str]) -> str:
        return said.get(self.language) or next(iter(said.values()), "")

    def figure_name(self, identifier: str) -> str:
        """'Figure 3 Grad-CAM', as the newer of the sites calls it that kept its name."""
        for site in (self.changes.new, self.changes.old):
            if known := site.called.get(identifier):
                return f"{self._text(known.label)} {self._text(known.title)}".strip() or identifier
        return identifier

    @property
    def summary(self) -> Iterator[str]:
        """What there is to read, in a few lines."""
        words = self.words
        lists = {"renewed": "changed", "new_ones": "added", "gone_ones": "removed", "same_ones": "same"}
        for key, status in lists.items():
            names = [self.figure_name(one.id) for one in self.changes.with_status(status)]  # type: ignore[arg-type]
            if names:
                yield words(f"diff.{key}", list=words.listed(names))
        if self.changes.lights:
            yield words("diff.lights_of", n=len(self.changes.lights))
        if texts := self.texts:
            yield words("diff.answers_of", n=len(texts))

    @property
    def origin(self) -> tuple[Line, ...]:
        """What the two were made from, where that is another."""
        found = []
        for one in self.changes.origin:
            known = self.words(f"foot.{one.path[0]}") if one.path[0] in MADE_FROM else one.path[0]
            name = " ".join((known, *one.path[1:]))
            found.append(Line(name, self._shown(one.before)[:DIGEST], self._shown(one.now)[:DIGEST]))
        return tuple(found)

    @property
    def models(self) -> Iterator[tuple[str, str, tuple[Line, ...]]]:
        """Each model: its name where there are several, what its numbers rest on, and the numbers."""
        several = len(self.changes.models) > 1
        for model in self.changes.models:
            facts = {"n": f"{model.n:,}", "gained": f"{model.gained:,}", "lost": f"{model.lost:,}"}
            key = "equal" if model.same else "matched" if model.matched else "unmatched"
            yield model.model if several else "", self.words(f"diff.{key}", **facts), tuple(self._judged(model))

    def _judged(self, model: Judged) -> Iterator[Line]:
        if model.same and not (model.probability and model.probability.course != "still"):
            return
        for one in model.numbers:
            kind, *of = one.path
            name = self._text(self._named_classes.get(of[0], {})) or of[0] if of else ""
            yield self._line(self.words(f"diff.{kind}", name=name), one, "share")

    @property
    def lights(self) -> Iterator[Line]:
        """Every light that is another, by figure and check."""
        for one in self.changes.lights:
            check = self.words(f"evidence.check.{one.check}") if one.check in CHECKS else one.check
            name = " · ".join(filter(None, (self.figure_name(one.figure), one.model, check)))
            words = [self._light(light) for light in (one.before, one.now)]
            yield Line(name, words[0], words[1], lights=(one.before, one.now))

    def _light(self, light: str) -> str:
        key = f"evidence.{light}"
        return self.words(key) if light and self.words.has(key) else light or self.words("diff.none")

    @property
    def figures(self) -> Iterator[FigureView]:
        """Every figure that is another; of those that are new or gone their name alone."""
        for one in self.changes.with_status("changed", "added", "removed"):
            status = "" if one.status == "changed" else self.words(f"diff.{one.status}")
            named = [(self._number_name(number.path), number) for number in one.numbers]
            numbers = tuple(self._line(name, number, unit_of(number.path)) for name, number in named if name)
            pictures, unseen = self._pairs(one)
            yield FigureView(
                one.id,
                self.figure_name(one.id),
                status,
                one.failures if one.failures[0] != one.failures[1] else ("", ""),
                tuple(self._line(self._fact(setting.path), setting) for setting in one.params),
                tuple(self._image(image) for image in one.images),
                numbers,
                len(named) - len(numbers),
                pictures,
                unseen,
            )

    @property
    def overall(self) -> tuple[Line, ...]:
        """What was measured over all figures, as far as it has a name."""
        regions = self.changes.new.kept.regions
        found = []
        for one in self.changes.overall:
            what, *rest = one.path
            if what == "region_effect" and rest[1:] == ["all", "difference"]:
                region = self._text(regions.get(rest[0], {})) or rest[0]
                found.append(self._line(self.words("evidence.effect.panel", region=region), one, "points"))
        return tuple(found)

    @property
    def texts(self) -> tuple[TextView, ...]:
        """The answers and captions of this language that read otherwise."""
        mine = (text for text in self.changes.texts if text.language == self.language)
        return tuple(
            TextView(self._text_name(text), marked(*map(without_addresses, (text.before, text.now)))) for text in mine
        )

    def _text_name(self, text: ChangedText) -> str:
        if text.caption:
            return self.words("diff.caption", figure=self.figure_name(text.place))
        questions = (*self.changes.new.kept.questions, *self.changes.old.kept.questions)
        return next((self._text(one.title) for one in questions if one.id == text.place), "") or text.place

    @property
    def lacking(self) -> tuple[str, ...]:
        return tuple(self.words(f"diff.why.{key}") for key in self.changes.lacking)

    def _line(self, name: str, one: Moved, unit: Unit = "plain") -> Line:
        step = one.difference
        if step is None:
            return Line(name, self._shown(one.before, unit), self._shown(one.now, unit))
        of_shares: Unit = "points" if unit in ("share", "points") else "plain"
        values = [evenly(value, of_shares) for value in (step.mean, step.low, step.high)]
        change = values[0] if values[0].startswith("−") or not values[0].strip("0.") else f"+{values[0]}"
        key = "diff.points" if of_shares == "points" else "diff.step"
        told = self.words(key, change=change, low=values[1], high=values[2])
        paired = [self.words("diff.paired", n=f"{step.n:,}")] if one.paired else []
        said = " · ".join((self.words(f"diff.{one.course}"), *paired))
        return Line(name, self._shown(one.before, unit), self._shown(one.now, unit), told, said)

    def _shown(self, value: Number, unit: Unit = "plain") -> str:
        """A number as it is read."""
        if isinstance(value, Estimate):
            return evenly(value.mean, unit)
        if isinstance(value, float):
            whole = unit == "plain" and value.is_integer() and abs(value) < LONGEST
            return f"{value:,.0f}" if whole else evenly(value, unit) if unit == "share" else printed(value, unit)
        if isinstance(value, tuple):
            return self.words("punctuation.comma").join(self._shown(one) for one in value[:6]) + "…" * (len(value) > 6)
        return str(value)[:200] if value not in (None, "") else self.words("diff.none")

    def _number_name(self, path: Path) -> str:
        """What a reader calls a number; '' for one that stands for scripts alone."""
        if path[0] == "models" and len(path) > 2:
            named = self._number_name(path[2:])
            return f"{named} · {path[1]}" if named else ""
        if path in ASKED:
            return self.words(f"evidence.check.{ASKED[path]}")
        if path[0] == "lime" and path[1:] in (("r2",), ("stability",)):
            return f"{self.words('evidence.check.fit')} · {self._fact(path)}"
        if path[0] == "region_share" and path[2:] == ("all",):
            return self.words(
                "diff.mean_of", name=self._text(self.changes.new.kept.regions.get(path[1], {})) or path[1]
            )
        return self._fact(path) if len(path) == 1 and self.words.has(f"fact.{path[0]}") else ""

    def _fact(self, path: Path) -> str:
        key = next(
            (f"{room}.{path[-1]}" for room in ("fact", "image_fact") if self.words.has(f"{room}.{path[-1]}")), ""
        )
        return self.words(key) if key else " ".join(path)

    def _image(self, image: ChangedImage) -> Line:
        name = self.words("figure.image", index=image.index)
        return Line(name, self._prediction(image.before), self._prediction(image.now))

    def _prediction(self, said: Mapping[str, Any] | None) -> str:
        """'Angry 93%': what is predicted, with the probability of the class that is explained where it is the same."""
        if said is None:
            return self.words("diff.none")
        predicted, share = said.get("prediction"), said.get("probability", said.get("value"))
        name, of = self._class(predicted), self._class(said.get("target"))
        number = printed(float(share), "share" if "probability" in said else "plain") if is_number(share) else ""
        if name and of not in ("", name) and number:
            return name + self.words("punctuation.open") + f"{of} {number}" + self.words("punctuation.close")
        return f"{name} {number}".strip()

    def _class(self, number: object) -> str:
        """The name of a class by its number; '' for what is none."""
        if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < len(self.classes):
            return ""
        return self.classes[number]

    def _pairs(self, figure: ChangedFigure) -> tuple[tuple[Pair, ...], int]:
        """The pictures of a figure, as many as a page should hold, and how many are left."""
        wanted = [one for one in figure.pictures if self._wanted(one, figure)]
        pairs = []
        for one in wanted[:SHOWN]:
            old, new = (site.picture(one.name) for site in (self.changes.old, self.changes.new))
            old, new = old if one.before else b"", new if one.now else b""
            if not (old or new) or len(old) + len(new) > self.room:
                continue
            self.room -= len(old) + len(new)
            width = min(WIDEST, max(int.from_bytes(data[16:20]) for data in (old, new) if data))
            alt = self._alt(self.changes.old, figure.id, one), self._alt(self.changes.new, figure.id, one)
            name, face = self._picture_name(one.name, figure.id), data_address(self._face(one.name))
            pairs.append(Pair(name, face, data_address(old), data_address(new), width, alt))
        return tuple(pairs), len(wanted) - len(pairs)

    def _face(self, name: str) -> bytes:
        """The image that a map belongs to; b'' of other pictures."""
        image = re.sub(r"-[a-z]+\.png$", "-image.png", name)
        return b"" if image == name else self.changes.new.picture(image) or self.changes.old.picture(image)

    def _wanted(self, picture: ChangedPicture, figure: ChangedFigure) -> bool:
        """Of a row its map alone, where that is another too (its image stands beside it), of charts this language's."""
        changed = {one.name for one in figure.pictures}
        beside = re.sub(r"-(?:overlay|image)\.png$", "-map.png", picture.name)
        doubled = beside != picture.name and beside in changed
        spoken = [self._seen(site, figure.id, picture.name) for site in (self.changes.new, self.changes.old)]
        foreign = any(spoken) and not any(self.language in seen for seen in spoken)
        return not doubled and not foreign

    def _seen(self, site: BuiltSite, figure: str, name: str) -> Mapping[str, str]:
        return site.figures[figure].alt.get(name, {}) if figure in site.figures else {}

    def _alt(self, site: BuiltSite, figure: str, picture: ChangedPicture) -> str:
        return self._text(self._seen(site, figure, picture.name))

    def _picture_name(self, name: str, figure: str) -> str:
        """'Image 97, map', from the name of its file."""
        rest = name.removeprefix(f"figures/{figure}").removesuffix(".png").strip("-").split("-")
        panel = self.words(f"panel.{rest[-1]}") if self.words.has(f"panel.{rest[-1]}") else ""
        index = rest[0] if rest[0].isdigit() else ""
        of = self.words("figure.image", index=index) if index and panel else index
        return self.words("punctuation.comma").join(filter(None, (of, panel)))
