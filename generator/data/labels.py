"""What the labels of a data set mean: names of classes, or numbers that count them, decided once over all of them.

Labels are names wherever all of them are names of classes; else they count the classes from 0, else from 1. Where
another reading fits too and differs, the decision comes with a question, which `data: {labels: …}` answers.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import Literal, get_args
from unicodedata import normalize

from generator.errors import DataError
from generator.samples import UNLABELLED, ClassWords

Reading = Literal["names", "from 0", "from 1"]
Numbers = Mapping[str, int | None]
Form = Callable[[str], str]  # in which a word is looked for

READINGS: tuple[Reading, ...] = get_args(Reading)
NUMBER = re.compile(r"[-+]?\d{1,40}(?:\.\d*|,(?!\d{3}$)\d*)?(?:[eE][-+]?\d{1,2})?")  # 3.0, 3,0 and 3.000e+00
MANY = 1 << 60  # more than there are classes
NO_LABEL = ("", "nan", "na", "n/a", "null")  # as tables write it
SHOWN = 60  # letters of a label that a message shows
JOINING = re.compile(r"[\s_-]+")  # between the words of a name


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


def meaning_with_gaps(
    counts: Mapping[str, int], classes: Sequence[ClassWords], reading: Reading | None = None
) -> Meaning:
    """The same of labels of which some may be missing, -1 or not a number, by how often each is there.

    What is missing beside labels is told. Two classes that are -1 and 1 are both labels.
    """
    signs = _signs(counts, classes, reading)
    if signs:
        return signs
    gaps = {word: UNLABELLED for word in counts if no_label(word) and not _named(word, classes)}
    meaning = meaning_of(counts.keys() - gaps.keys(), classes, reading)
    number = {**meaning.number, **gaps}
    if not gaps or len(gaps) == len(counts) or reading or meaning.questions or None in number.values():
        return Meaning(number, meaning.questions)
    shown = ", ".join(word or "empty" for word in gaps)
    missing, total = sum(counts[word] for word in gaps), sum(counts.values())
    taken = next((kind for kind, read in _readings(tuple(meaning.number), classes) if read == meaning.number), "names")
    told = (
        f"{missing} of {total} pictures are read as unlabelled, as their label is {shown}; "
        f"say `labels: {taken}` in `data` if that is right, else mend the labels"
    )
    return Meaning(number, (*meaning.questions, told))


def _signs(counts: Mapping[str, int], classes: Sequence[ClassWords], reading: Reading | None) -> Meaning | None:
    """What labels mean that are -1 and 1 alone; `labels: from 0` makes those that are -1 unlabelled."""
    said = [word for word in counts if word.strip().casefold() not in NO_LABEL]
    values = {word: whole(word) if whole(word) >= 0 or _minus_one(word) else 0 for word in said}
    counted = reading not in (None, "names") or any(_named(word, classes) for word in counts)
    if counted or len(classes) != 2 or set(values.values()) != {-1, 1}:
        return None
    told = (
        f"labels -1 and 1 are read as '{classes[0][0]}' and '{classes[1][0]}'; say `labels: names` in `data` if that "
        "is right, `labels: from 0` if -1 is no label"
    )
    gaps = dict.fromkeys(counts.keys() - values.keys(), UNLABELLED)
    return Meaning({**gaps, **{word: int(value > 0) for word, value in values.items()}}, () if reading else (told,))


def _minus_one(word: str) -> bool:
    return bool(NUMBER.fullmatch(word.strip())) and whole(word.strip().removeprefix("-")) == 1 and whole(word) < 0


def no_label(word: str) -> bool:
    """Whether a word says that a picture has no label."""
    return word.strip().casefold() in NO_LABEL or _minus_one(word)


def _readings(words: Sequence[str], classes: Sequence[ClassWords]) -> Iterator[tuple[Reading, Numbers]]:
    """What each label would be as a name, and counted."""
    named = {word: _named(word, classes) for word in words}
    yield "names", {word: found[0] if len(found) == 1 else None for word, found in named.items()}
    counted = {word: -1 if len(named[word]) > 1 else whole(word) for word in words}
    for first, reading in enumerate(READINGS[1:]):
        inside = range(first, first + len(classes))
        yield reading, {word: number - first if number in inside else None for word, number in counted.items()}


def _named(word: str, classes: Sequence[ClassWords]) -> tuple[int, ...]:
    """The classes that a label may name: as it is written before all, an id before a name in some language.

    Neither case nor a leading zero matters where nothing is written so.
    """
    known = _known(tuple(classes))
    return next((found[form(word)] for form, found in known if form(word) in found), ())


@lru_cache(maxsize=8)
def _known(classes: tuple[ClassWords, ...]) -> tuple[tuple[Form, Mapping[str, tuple[int, ...]]], ...]:
    """The classes by every word for them: written in a form, first by the ids alone, then by all their names."""
    ids = tuple(words[:1] for words in classes)
    asked = ((form, names) for form in (composed, _undotted, _plain) for names in (ids, classes))
    return tuple((form, _by_word(form, names)) for form, names in asked)


def _by_word(form: Form, names: Sequence[ClassWords]) -> Mapping[str, tuple[int, ...]]:
    """The classes of every word, written in a form."""
    found: dict[str, tuple[int, ...]] = {}
    for number, words in enumerate(names):
        for word in {form(word) for word in words}:
            found[word] = (*found.get(word, ()), number)
    return found


def composed(word: str) -> str:
    """A word with each letter as one sign: a Mac takes ü apart in the names of files."""
    return normalize("NFC", word.strip())


def _undotted(word: str) -> str:
    return re.sub(r"\.0*$", "", composed(word)) if NUMBER.fullmatch(word.strip()) else composed(word)


def _plain(word: str) -> str:
    number = whole(word)
    return composed(composed(word).casefold()) if number < 0 else str(number)


def whole(word: str) -> int:
    """The whole number that a label is, however it is written; -1 where it is none, or below zero."""
    text = word.strip()
    number = Decimal(text.replace(",", ".")) if NUMBER.fullmatch(text) else Decimal(-1)
    return int(number) if 0 <= number < MANY and number == int(number) else -1


def _questions(
    read: Mapping[Reading, Numbers], taken: Numbers, fitting: Sequence[Reading], classes: Sequence[ClassWords]
) -> Iterator[str]:
    """For each label that another reading makes another class.

    Names are only doubted by a reading that fits all labels, counting from 0 by one from 1 if there is a label 1.
    """
    rivals: list[Reading] = ["names", "from 0"]
    yield from _crossed(taken, classes)
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


def _crossed(taken: Numbers, classes: Sequence[ClassWords]) -> Iterator[str]:
    """For each label that is the id of a class and a name of another one."""
    known = [found for form, found in _known(tuple(classes)) if form is composed]
    for word, own in taken.items():
        ids, names = (found.get(composed(word), ()) for found in known)
        if own is not None and ids == (own,) and len(names) > 1:
            other = next(number for number in names if number != own)
            yield (
                f"label {word} is read as the id '{classes[own][0]}', but is the name of '{classes[other][0]}' too; "
                "say `labels: names` in `data` if that is right, else mend `classes`"
            )


def unknown(place: str, what: str, classes: Sequence[ClassWords], word: str = "") -> DataError:
    """The refusal of what is no class."""
    what = what if len(what) <= SHOWN else f"{what[:SHOWN]}…"
    return DataError(
        f"{place}: {what} with {len(classes)} classes{cure(word, classes) or f'; allowed: {allowed(classes)}'}"
    )


def cure(word: str, classes: Sequence[ClassWords]) -> str:
    """What to do with a label that may be several classes, or is one but for what joins its words, or ''."""
    several = [classes[number][0] for number in _named(word, classes)]
    if len(several) > 1:
        return f"; it may be {' or '.join(several)}; give each class a name of its own, and write the label so"
    bare = JOINING.sub("", _plain(word))
    near = next((known[0] for known in classes if bare and bare in (JOINING.sub("", _plain(one)) for one in known)), "")
    return f"; did you mean '{near}'? Say so in `classes`, `{{id: {near}, name: {word}}}`" if near else ""


def allowed(classes: Sequence[ClassWords]) -> str:
    """What a message says is allowed: '0 to 6, or angry, disgust, …'."""
    return f"0 to {len(classes) - 1}, or {', '.join(words[0] for words in classes)}"
