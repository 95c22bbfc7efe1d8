"""What a report and its files of words leave untranslated, and words that nothing says: told once, however many."""

from collections.abc import Iterator, Mapping, Sequence

from generator.errors import Problem, suggestion
from generator.languages import canonical
from generator.methods import METHODS
from generator.text import Text
from generator.words import COMPLETE, files_of, flat, folders_beside, load, speaks
from generator.yaml_source import Source, child, read

MOST = 3  # texts without a translation that are told one by one
LINES = 12  # of those that are told together
OWN = ("chart", "fact", "image_fact", "quantity", "remark", "remark_fact", "value", "method")
"""Groups to which a report's own methods, settings and curves bring words."""


def renamed(source: Source) -> Iterator[Problem]:
    """Languages that are taken by another name."""
    said = source.data.get("languages")
    for number, tag in enumerate(said if isinstance(said, list) else ()):
        if (name := canonical(str(tag))).lower() != str(tag).lower():
            path = child("languages", number)
            yield source.problem(path, f"'{tag}' is taken as '{name}', as its script is called; write that")


def untranslated(texts: Sequence[tuple[str, Text]], languages: tuple[str, ...], source: Source) -> Iterator[Problem]:
    """The texts of a spec that lack a language; where they are many, in one sentence."""
    for language in languages:
        lacking = [(path, text) for path, text in texts if text.missing((language,))]
        told = lacking if len(lacking) <= MOST else lacking[:1]
        lines = sorted({source.problem(path, "").line for path, _ in lacking[len(told) :]})
        more = (
            f" here and {len(lacking) - 1} times more, on lines {', '.join(map(str, lines[:LINES]))}" if lines else ""
        )
        more += ", …" if len(lines) > LINES else ""
        for path, text in told:
            stand_in = next(filter(None, map(text.spoken, languages)), next(iter(text.by_language)))
            yield source.problem(path, f"no text in '{language}'{more}; '{stand_in}' stands in")


def unworded(methods: Sequence[str], languages: Sequence[str], source: Source) -> Iterator[Problem]:
    """What the words of a report's languages lack, and keys beside it that are none; raises InputError."""
    folders = folders_beside(source.file.parent)
    own = {f"method.{name}.{part}": getattr(METHODS[name], part) for name in methods for part in ("title", "summary")}
    for language in languages if folders[1:] else filter(lambda language: not speaks(language), languages):
        words = load(language, folders)
        unsaid = (key for key, text in own.items() if text.missing((language,)) and not words.has(key))
        if not speaks(language) and (missing := (*words.missing, *unsaid)):
            name, cure = f"templates/words/{language}.yaml", f"`python -m generator words {language}` writes them all"
            message = f"{name} lacks {len(missing)} words, such as '{missing[0]}'; English stands in; {cure}"
            yield source.problem("languages", message)
        for file in files_of(language, folders[:-1]):
            yield from _unknown(read(file))


def _unknown(source: Source) -> Iterator[Problem]:
    """Keys of a file of words that nothing says, in one sentence."""
    known = load(COMPLETE).entries
    strange = [key for key, _ in flat(source.data) if not _is_word(key, known)]
    if strange:
        more = f"; nor are {len(strange) - 1} more: {', '.join(strange[1 : MOST + 1])}" if strange[1:] else ""
        more += ", …" if len(strange) > MOST + 1 else ""
        message = f"'{strange[0]}' is no word of the interface{suggestion(strange[0], tuple(known), False)}{more}"
        yield source.problem(strange[0], message, at_key=True)


def _is_word(key: str, known: Mapping[str, str]) -> bool:
    plain = key.removesuffix(".one")
    return plain in known or f"{plain}.other" in known or key.split(".")[0] in OWN
