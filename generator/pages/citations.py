"""Works that texts cite, and the list of them: `[@adebayo2018, p. 3]` and `@adebayo2018` in the style of the spec.

The works stand in a file of BibTeX, BibLaTeX, RIS or CSL JSON; styles are those of citationstyles.org, set by pandoc.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from generator.errors import InputError, suggestion
from generator.foreign import contents
from generator.limits import USUAL, Limits
from generator.pages.markdown_reader import CODE, fences, outside_code
from generator.pandoc import pandoc
from generator.shipped import TEMPLATES
from generator.spec.fields import CITATION_STYLES

READERS = {".bib": "biblatex", ".bibtex": "bibtex", ".json": "csljson", ".ris": "ris"}
OWN = "chicago"  # pandoc's own style; the others that ship are files
LARGEST = 20_000_000  # bytes of a file of works
LOCALES = {"zh-Hant": "zh-TW", "zh-Hans": "zh-CN", "zh": "zh-TW", "ja": "ja-JP"}  # as styles call them
LETTER = "[A-Za-z0-9_\u00c0-\u024f]"  # Chinese stands right behind a key; one with other letters stands in braces
BRACKETED = r"(?:(?<=\[@)|(?<=; @)|(?<=\[-@))[^\W\d_]\w*(?=[],;])"  # or is all that a bracket says of a work
KEY = rf"(?:{LETTER}(?:{LETTER}|[:.#$%&+?<>~/-](?={LETTER}))*|\{{[^{{}}\n]+\}}|{BRACKETED})"
GROUP = rf"(?<![\\A-Za-z0-9_\]!])\[(?!\^)(?:[^\[\]\n]*?[^A-Za-z0-9_\[\]\n.@\\])??-?@{KEY}[^\[\]\n]*\](?![(\[:])"
NAMED = rf"(?<![A-Za-z0-9_@.\\/-])-?@{KEY}(?: \[(?!\^)[^\[\]\n@]+\](?![(\[:]))?"
CITED = re.compile(f"{CODE}|(?P<said>{GROUP}|{NAMED})", re.DOTALL)
KEYS = re.compile(rf"(?<![A-Za-z0-9_.@\\])@({KEY})")
APART = re.compile(r"(?<=[^\x00-\x7f])(?=-?@)")  # to pandoc a letter before an @ makes a mail address of it
RAISED = re.compile(r"\^\(((?:\[[^\[\]]*\]\([^()]*\)|[^()\[\]])+)\)")  # of styles that number above the line
SHOWN = re.compile(r"\]\([^()]*\)|[0-9–-]")
SUPERSCRIPT = str.maketrans("0123456789-–", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻")
BETWEEN = "\ue010"  # what parts one citation from the next
SECTION = "references"


@dataclass(frozen=True)
class Library:
    """The works that may be cited: CSL JSON, the keys, and the style, or None for pandoc's own."""

    name: str
    works: bytes
    keys: tuple[str, ...]
    style: bytes | None

    def unknown(self, key: str) -> str:
        """What is said of a key that is not there."""
        near = suggestion(key, self.keys, or_all=False)
        return f"{self.name} has no work '{key}'{near}" + ("" if near else r"; a sign that begins none is written \@")


def library(file: Path, style: str, limits: Limits = USUAL) -> Library:
    """The works of a file; raises InputError for one that cannot be read, and for a style that cannot be used."""
    reader = READERS.get(file.suffix.lower())
    if reader is None:
        raise InputError(f"{file.name}: works stand in a file that ends in {', '.join(READERS)}")
    source = contents(file, InputError, limits, LARGEST)
    try:
        works = pandoc(source, "-f", reader, "-t", "csljson")
        keys = tuple(str(work["id"]) for work in json.loads(works))
    except InputError as error:
        raise InputError(f"{file.name}: {error}") from error
    if not keys:
        raise InputError(f"{file.name}: there is no work in it")
    return Library(file.name, works, keys, _style(style, limits))


def _style(style: str, limits: Limits) -> bytes | None:
    if style in CITATION_STYLES:
        return None if style == OWN else (TEMPLATES / "styles" / f"{style}.csl").read_bytes()
    sheet = contents(Path(style), InputError, limits, LARGEST)
    name = Path(style).name
    if parent := re.search(rb'<link[^>]*href="([^"]*)"[^>]*rel="independent-parent"', sheet):
        raise InputError(
            f"{name}: stands for another style; take the file of {parent[1].decode(errors='replace'):.200}"
        )
    if re.search(rb'<style[^>]*class="note"', sheet):
        raise InputError(f"{name}: a style of notes; take one that cites in the text")
    return sheet


def citations(text: str) -> Iterator[str]:
    """Every citation of a text as it is written, outside of code."""
    for line, fenced in fences(text.split("\n")):
        yield from (found["said"] for found in CITED.finditer("" if fenced else line) if found["said"])


def keys_in(text: str) -> Iterator[str]:
    """The keys of the works that a text cites."""
    for said in citations(text):
        yield from (key.strip("{}") for key in KEYS.findall(said))


@dataclass(frozen=True)
class Cited:
    """How each citation is read in each language, and the list of all works that are cited, both as Markdown."""

    read: Mapping[str, Mapping[str, str]]
    lists: Mapping[str, str]

    def within(self, text: str, language: str) -> str:
        """The text as its readers get it."""
        return outside_code(text, partial(CITED.sub, partial(_read, self.read[language])))


def _read(read: Mapping[str, str], found: re.Match[str]) -> str:
    return read.get(found["said"], found[0]) if found["said"] else found[0]


def cited(works: Library, texts: Mapping[str, Sequence[str]]) -> Cited:
    """What the texts of each language cite, set together: all that one language cites stands in the list of each.

    Raises InputError where the style cannot be used.
    """
    said = {language: [one for text in own for one in citations(text)] for language, own in texts.items()}
    everything = [one for own in said.values() for one in own]
    set_ = {language: _set(works, language, (*own, *everything)) for language, own in said.items() if everything}
    return Cited({one: read for one, (read, _) in set_.items()}, {one: listed for one, (_, listed) in set_.items()})


def _above(raised: re.Match[str]) -> str:
    """What stands above the line in signs that do so by themselves; where a link leads stays."""
    return SHOWN.sub(lambda sign: sign[0].translate(SUPERSCRIPT) if len(sign[0]) == 1 else sign[0], raised[1])


def _set(works: Library, language: str, said: Iterable[str]) -> tuple[dict[str, str], str]:
    """Each citation as it is read, and the list of the works."""
    once = list(dict.fromkeys(said))
    head = f"---\nlang: {LOCALES.get(language, language)}\nlink-citations: true\n---\n\n"
    plain = (KEYS.sub(lambda key: f"@{{{key[1].strip('{}')}}}", APART.sub(" ", one)) for one in once)
    source = head + "".join(f"{one}\n\n{BETWEEN}\n\n" for one in plain) + "::: {#refs}\n:::\n"
    style = ("--csl", "style.csl") if works.style else ()
    files = {"works.json": works.works, **({"style.csl": works.style} if works.style else {})}
    asked = ("--citeproc", "--bibliography", "works.json", *style, "--wrap=none")
    written = pandoc(source.encode(), "-f", "markdown", "-t", "commonmark-raw_html", *asked, files=files).decode()
    written = RAISED.sub(_above, written)
    *read, listed = (part.strip() for part in re.sub(r"\]\(#ref-[^)]*\)", f"](#s-{SECTION})", written).split(BETWEEN))
    return dict(zip(once, read, strict=True)), listed
