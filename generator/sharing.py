"""The pictures of a report are asked once: what several methods want of them, one pass answers, and it is remembered.

Saliency and the class activation maps of one score lie on one way back through the network. The copies that a method
makes of a picture are its own affair and pass through.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import numpy as np

from generator.artefacts import Floats
from generator.classifier import Classifier, Rectifier, Score, ScoreKind

ROOM = 1 << 28  # bytes of answers that are remembered
KEY = 256  # bytes that remembering one takes beside
PICTURE = ""  # among the names of layers

Row = tuple[Floats, ...]
Ask = Callable[[Floats, Score | None], Row]


Wanted = Mapping[ScoreKind, tuple[str, ...]]
"""What a report asks of its pictures: by the kind of the score the layers by which it wants slopes, and PICTURE."""


@dataclass
class Memory:
    """Answers by the digest of a picture and the question, those used longest ago given up first."""

    room: int
    rows: OrderedDict[tuple[bytes, ...], Row] = field(default_factory=OrderedDict)
    held: int = 0

    def keep(self, key: tuple[bytes, ...], row: Row) -> None:
        self.rows[key] = row
        self.held += KEY + sum(part.nbytes for part in row)
        while self.held > self.room and len(self.rows) > 1:
            self.held -= KEY + sum(part.nbytes for part in self.rows.popitem(last=False)[1])

    def get(self, key: tuple[bytes, ...]) -> Row | None:
        if key in self.rows:
            self.rows.move_to_end(key)
        return self.rows.get(key)


@dataclass(frozen=True)
class Sharing:
    """A classifier that answers a question about a picture of the report from memory, and related questions together.

    What a model says of its classes is remembered of any input: a black box that is asked about another class needs
    no new pass, since the answers hold all of them.
    """

    classifier: Classifier
    wanted: Wanted = field(default_factory=dict)
    pictures: set[bytes] = field(default_factory=set)  # by their digests
    memory: Memory = field(default_factory=lambda: Memory(ROOM))

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  whatever the port has
        return getattr(self.classifier, name)

    def of(self, network: Classifier) -> "Sharing":
        """The same of another network, of which nothing is known yet."""
        return Sharing(network, self.wanted, self.pictures)

    def announced(self, inputs: Floats) -> Floats:
        """The same inputs, which are pictures of the report from now on."""
        self.pictures.update(map(_digest, inputs))
        return inputs

    def logits(self, inputs: Floats) -> Floats:
        return self._said("logits", inputs)

    def probabilities(self, inputs: Floats) -> Floats:
        return self._said("probabilities", inputs)

    def gradients(self, inputs: Floats, score: Score, rectifier: Rectifier = "plain") -> Floats:
        return self.scored_gradients(inputs, score, rectifier)[1]

    def scored_gradients(self, inputs: Floats, score: Score, rectifier: Rectifier = "plain") -> tuple[Floats, Floats]:
        if not self._known(inputs):
            return self.classifier.scored_gradients(inputs, score, rectifier)
        if rectifier == "plain" and PICTURE in self.wanted.get(score.kind, ()):
            scores, slope = self._slopes(inputs, score, PICTURE)
            return scores, slope

        def ask(rows: Floats, own: Score | None) -> Row:
            return self.classifier.scored_gradients(rows, own or score, rectifier)

        scores, slope = self._remembered(f"{rectifier} {score.kind}", inputs, score, ask)
        return scores, slope

    def layer_gradients(self, inputs: Floats, score: Score, *layers: str) -> tuple[Floats, ...]:
        one, *others = layers
        if others or one not in self.wanted.get(score.kind, ()) or not self._known(inputs):
            return self.classifier.layer_gradients(inputs, score, *layers)
        return self._slopes(inputs, score, one)[1:]

    def _slopes(self, inputs: Floats, score: Score, name: str) -> Row:
        """The scores, and the slope by the picture, or a layer's output and the slope by it."""
        wanted = self.wanted[score.kind]

        def ask(rows: Floats, own: Score | None) -> Row:
            return self.classifier.slopes_at(rows, own or score, *wanted)

        found = self._remembered(f"slopes {score.kind}", inputs, score, ask)
        at = 1 + sum(1 if other == PICTURE else 2 for other in wanted[: wanted.index(name)])
        return (found[0], *found[at : at + (1 if name == PICTURE else 2)])

    def _said(self, question: str, inputs: Floats) -> Floats:
        ask = getattr(self.classifier, question)
        return self._remembered(question, inputs, None, lambda rows, _: (ask(rows),))[0]

    def _known(self, inputs: Floats) -> bool:
        return bool(self.pictures) and len(inputs) > 0 and all(_digest(row) in self.pictures for row in inputs)

    def _remembered(self, question: str, inputs: Floats, score: Score | None, ask: Ask) -> Row:
        """The answers by row; those that are not known are asked for in one go."""
        keys = [(question.encode(), _digest(row), *_classes(score, k)) for k, row in enumerate(inputs)]
        known = {key: self.memory.get(key) for key in keys}
        first = {key: k for k, key in reversed([*enumerate(keys)]) if known[key] is None}
        rows = np.array(sorted(first.values()), np.int64)
        if len(rows) == len(inputs):
            answers = ask(inputs, score)
        elif len(rows):
            answers = ask(inputs[rows], score[rows] if score else None)
        for place, k in enumerate(rows.tolist()):
            known[keys[k]] = row = tuple(part[place] for part in answers)
            self.memory.keep(keys[k], row)
        if len(rows) == len(inputs):
            return answers
        return tuple(np.stack(column) for column in zip(*(known[key] or () for key in keys), strict=True))


def _digest(row: Floats) -> bytes:
    return blake2b(np.ascontiguousarray(row).data, digest_size=16).digest()


def _classes(score: Score | None, row: int) -> tuple[bytes, ...]:
    """Which classes' score is asked of a row."""
    named = (score.target, score.against) if score else ()
    return tuple(b"" if classes is None else str(int(classes[row])).encode() for classes in named)
