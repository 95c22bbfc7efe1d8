"""The pictures of a report are asked once: what several methods want of them, one pass answers, and it is remembered.

Saliency and the class activation maps of one score lie on one way back through the network. The copies that a method
makes of a picture are its own affair and pass through.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha1
from typing import Any

import numpy as np

from generator.artefacts import Floats, Ints
from generator.classifier import Classifier, Rectifier, Score, ScoreKind

ROOM = 1 << 28  # bytes of answers that are remembered
KEY = 256  # bytes that remembering one takes beside
PICTURE = ""  # among the names of layers

Row = tuple[Floats, ...]
Rows = slice | Ints
Ask = Callable[[Rows], Row]


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
        pictures = self._known(inputs)
        if not pictures:
            return self.classifier.scored_gradients(inputs, score, rectifier)
        if rectifier == "plain" and PICTURE in self.wanted.get(score.kind, ()):
            scores, slope = self._slopes(pictures, inputs, score, PICTURE)
            return scores, slope

        def ask(rows: Rows) -> Row:
            return self.classifier.scored_gradients(inputs[rows], score[rows], rectifier)

        scores, slope = self._remembered(f"{rectifier} {score.kind}", pictures, ask, score)
        return scores, slope

    def layer_gradients(self, inputs: Floats, score: Score, *layers: str) -> tuple[Floats, ...]:
        shared = len(layers) == 1 and layers[0] in self.wanted.get(score.kind, ())
        pictures = self._known(inputs) if shared else []
        if not pictures:
            return self.classifier.layer_gradients(inputs, score, *layers)
        return self._slopes(pictures, inputs, score, *layers)[1:]

    def _slopes(self, pictures: list[bytes], inputs: Floats, score: Score, name: str) -> Row:
        """The scores, and the slope by the picture, or a layer's output and the slope by it."""
        wanted = self.wanted[score.kind]

        def ask(rows: Rows) -> Row:
            return self.classifier.slopes_at(inputs[rows], score[rows], *wanted)

        found = self._remembered(f"slopes {score.kind}", pictures, ask, score)
        at = 1 + sum(1 if other == PICTURE else 2 for other in wanted[: wanted.index(name)])
        return (found[0], *found[at : at + (1 if name == PICTURE else 2)])

    def _said(self, question: str, inputs: Floats) -> Floats:
        ask = getattr(self.classifier, question)
        return self._remembered(question, [*map(_digest, inputs)], lambda rows: (ask(inputs[rows]),))[0]

    def _known(self, inputs: Floats) -> list[bytes]:
        """The digests of pictures of the report; none where one of them is no such picture."""
        found = []
        for row in inputs if self.pictures else ():
            found.append(_digest(row))
            if found[-1] not in self.pictures:
                return []
        return found

    def _remembered(self, question: str, digests: list[bytes], ask: Ask, score: Score | None = None) -> Row:
        """The answers by row; those that are not known are asked for in one go."""
        keys = [(question.encode(), digest, *_classes(score, k)) for k, digest in enumerate(digests)]
        known = {key: self.memory.get(key) for key in keys}
        first = {key: k for k, key in reversed([*enumerate(keys)]) if known[key] is None}
        new = np.array(sorted(first.values()), np.int64)
        whole = len(new) == len(keys)
        answers = ask(slice(None) if whole else new) if whole or len(new) else ()
        for place, k in enumerate(new.tolist()):
            known[keys[k]] = row = tuple(part[place] for part in answers)
            self.memory.keep(keys[k], row)
        if whole:
            return answers
        return tuple(np.stack(column) for column in zip(*(known[key] or () for key in keys), strict=True))


def _digest(row: Floats) -> bytes:
    """The fastest of the library's: of a picture of 224×224 half a millisecond, where another takes one."""
    return sha1(np.ascontiguousarray(row).data, usedforsecurity=False).digest()


def _classes(score: Score | None, row: int) -> tuple[bytes, ...]:
    """Which classes' score is asked of a row."""
    named = (score.target, score.against) if score else ()
    return tuple(b"" if classes is None else str(int(classes[row])).encode() for classes in named)
