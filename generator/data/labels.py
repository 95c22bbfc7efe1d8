"""What the labels of a data set mean: names of classes, or numbers that count them, decided once over all of them.

Labels are names wherever all of them are names of classes; else they count the classes from 0, else from 1. Where
another reading fits too and differs, the decision comes with a question, which `data: {labels: …}` answers.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal, get_args

from generator.errors import DataError
from generator.samples import ClassWords

Reading = Literal["names", "from 0", "from 1"]
Numbers = Mapping[str, int | None]

READINGS: tuple[Reading, ...] = get_args(Reading)
WHOLE = re.compile(r"0*(\d{1,18})(?:\.0*)?")  # 3, 03 and, where a column has gaps, 3.0


@dataclass(frozen=True)
class Meaning:
    """The class of every label, None where it is none; `questions` say what else they may mean."""

    number: Numbers
    questions: tuple[str, ...] = ()


def meaning_of(labels: Iterable[str], classes: Sequence[ClassWords], reading: Reading | None = None) -> Meaning:
    """What all the labels of a data set mean; `reading` is what the spec says of them."""
    words = sorted(set(labels), key=lambda word: (len(word), word))
    read = dict(_readings(words, classes))
    if reading:
        return Meaning(read[reading])
    fitting = [kind for kind in READINGS if None not in read[kind].values()]
    mixed = {word: number if number is not None else read["from 0"][word] for word, number in read["names"].items()}
    taken = read[fitting[0]] if fitting else mixed
    doubtful = () if None in taken.values() else tuple(islice(_questions(read, taken, fitting, classes), 1))
    return Meaning(taken, doubtful)


def _readings(words: Sequence[str], classes: Sequence[ClassWords]) -> Iterator[tuple[Reading, Numbers]]:
    """What each label would be as a name, and counted; neither case nor a leading zero matters."""
    known: dict[str, int] = {}
    for number, names in enumerate(classes):
        for name in names:
            known.setdefault(_plain(name), number)
    yield "names", {word: known.get(_plain(word)) for word in words}
    counted = {word: int(match[1]) if (match := WHOLE.fullmatch(word.strip())) else -1 for word in words}
    for first, reading in enumerate(READINGS[1:]):
        inside = range(first, first + len(classes))
        yield reading, {word: number - first if number in inside else None for word, number in counted.items()}


def _plain(word: str) -> str:
    match = WHOLE.fullmatch(word.strip())
    return match[1] if match else word.strip().casefold()


def _questions(
    read: Mapping[Reading, Numbers], taken: Numbers, fitting: Sequence[Reading], classes: Sequence[ClassWords]
) -> Iterator[str]:
    """For each label that another reading makes another class.

    Names are only doubted by a reading that fits all labels, counting from 0 by one from 1 if there is a label 1.
    """
    rivals: list[Reading] = ["names", "from 0"]
    if "names" in fitting:
        rivals = [kind for kind in fitting if kind == "from 0"]
    elif "from 1" in fitting and 0 in read["from 1"].values():
        rivals = list(READINGS)
    for word, kind in ((word, kind) for word in taken for kind in rivals):
        own, other = taken[word], read[kind][word]
        if own is not None and other is not None and own != other:
            ours = next(kind for kind in READINGS if read[kind][word] == own)
            yield (
                f"label {word} is read as '{classes[own][0]}' (`labels: {ours}`), but may be '{classes[other][0]}' "
                f"(`labels: {kind}`); say in `data` which"
            )


def unknown(place: str, what: str, classes: Sequence[ClassWords]) -> DataError:
    """The refusal of what is no class."""
    return DataError(f"{place}: {what} with {len(classes)} classes; allowed: {allowed(classes)}")


def allowed(classes: Sequence[ClassWords]) -> str:
    """What a message says is allowed: '0 to 6, or angry, disgust, …'."""
    return f"0 to {len(classes) - 1}, or {', '.join(words[0] for words in classes)}"
