"""The words a class may go by in files: its number, its id, or its name in any language."""

from collections.abc import Sequence

from generator.errors import DataError

ClassWords = tuple[str, ...]


def class_number(word: str, classes: Sequence[ClassWords]) -> int | None:
    """The class that a word of a file means, or None: an id or a name, else a number below the number of classes."""
    wanted = word.strip().casefold()
    for number, words in enumerate(classes):
        if wanted in (known.casefold() for known in words):
            return number
    if wanted.isdecimal() and int(wanted) < len(classes):
        return int(wanted)
    return None


def allowed(classes: Sequence[ClassWords]) -> str:
    """What a message says is allowed: '0 to 6, or angry, disgust, …'."""
    return f"0 to {len(classes) - 1}, or {', '.join(words[0] for words in classes)}"


def unknown(place: str, what: str, classes: Sequence[ClassWords]) -> DataError:
    """The refusal of what is no class."""
    return DataError(f"{place}: {what} with {len(classes)} classes; allowed: {allowed(classes)}")
