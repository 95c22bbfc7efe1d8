"""The fonts of everything that is drawn or printed: files of installed packages, never the system's.

Latin is set in Source Sans, Chinese in Noto Sans CJK TC; DejaVu Sans Mono has signs that neither knows.
"""

from functools import cache
from importlib.util import find_spec
from mmap import ACCESS_READ, mmap
from pathlib import Path
from struct import iter_unpack, unpack_from
from unicodedata import category

from generator.errors import GeneratorError

FORMAT = 12  # of a character map: ranges of 32-bit code points
WITHOUT_GLYPH = frozenset({"Cc", "Cf"})  # controls and marks of direction: nothing to draw


def chinese(bold: bool = False) -> Path:
    """Noto Sans CJK TC, which holds Latin, Greek, Cyrillic, kana and hangul too."""
    weight = "Bold" if bold else "Regular"
    return _packaged(f"cvttf_NotoSansCJK_{weight}", f"NotoSansCJKtc-{weight}.otf")


def latin(style: str = "Regular") -> Path:
    """Source Sans in `Regular`, `Bold`, `It` or `BoldIt`."""
    return _packaged("font_source_sans_pro", f"files/SourceSansPro-{style}.otf")


def paper() -> tuple[Path, ...]:
    """The font files of the PDF; Typst itself brings DejaVu Sans Mono."""
    return (*map(latin, ("Regular", "Bold", "It", "BoldIt")), chinese(), chinese(bold=True))


def missing_characters(text: str) -> str:
    """The characters of a text that no font of the PDF has, each once, in their order."""
    known = _printable()
    return "".join(c for c in dict.fromkeys(text) if ord(c) not in known and category(c) not in WITHOUT_GLYPH)


@cache
def _printable() -> frozenset[int]:
    """Everything that one of the PDF's fonts has."""
    signs = _packaged("matplotlib", "mpl-data/fonts/ttf/DejaVuSansMono.ttf")  # the same as Typst's own
    return characters(latin()) | characters(chinese()) | characters(signs)


def with_stand_ins(text: str, stand_in: str = "□") -> str:
    """The text as the PDF can print it: a box for what no font has, nothing for control characters."""
    lacking = dict.fromkeys(map(ord, missing_characters(text)), stand_in)
    controls = {ord(c): None for c in text if category(c) == "Cc" and c != "\n"}
    return text.translate({**lacking, **controls})


def _packaged(package: str, file: str) -> Path:
    """A file of an installed package, without importing it."""
    spec = find_spec(package)
    folder = Path(spec.origin).parent if spec and spec.origin else None
    if folder is None or not (folder / file).is_file():
        raise GeneratorError(f"the font {file} is missing; install the package {package.replace('_', '-').lower()}")
    return folder / file


@cache
def characters(font: Path) -> frozenset[int]:
    """The code points a font can draw: format 12 of its table `cmap`, which fonts beyond 65,536 characters share.

    https://learn.microsoft.com/typography/opentype/spec/cmap
    """
    with font.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        cmap = _table(data, b"cmap")
        (count,) = unpack_from(">H", data, cmap + 2)
        subtables = (cmap + unpack_from(">I", data, cmap + 8 + 8 * k)[0] for k in range(count))
        start = next(place for place in subtables if unpack_from(">H", data, place)[0] == FORMAT)
        (groups,) = unpack_from(">I", data, start + 12)
        ranges = iter_unpack(">III", data[start + 16 : start + 16 + 12 * groups])
        return frozenset(code for first, last, _ in ranges for code in range(first, last + 1))


def _table(data: mmap, name: bytes) -> int:
    """Where a table of an OpenType file begins."""
    (count,) = unpack_from(">H", data, 4)
    records = (12 + 16 * k for k in range(count))
    return next(unpack_from(">I", data, place + 8)[0] for place in records if data[place : place + 4] == name)


def drawable(text: str, stand_in: str = "□") -> str:
    """One line for a chart: what the Chinese font lacks becomes `stand_in`, marks without a glyph go."""
    known = characters(chinese())
    shown = (c for c in " ".join(text.split()) if c.isprintable())
    return "".join(c if ord(c) in known else stand_in for c in shown)
