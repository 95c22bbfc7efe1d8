"""The fonts of everything that is drawn or printed: files of installed packages, never the system's.

Latin is set in Source Sans, Chinese in Noto Sans CJK TC; DejaVu Sans Mono has signs that neither knows. The only
door to fontTools, which matplotlib brings.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from unicodedata import category

from generator.errors import GeneratorError

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


@cache
def _packaged(package: str, file: str) -> Path:
    """A file of an installed package, without importing it."""
    spec = find_spec(package)
    folder = Path(spec.origin).parent if spec and spec.origin else None
    if folder is None or not (folder / file).is_file():
        raise GeneratorError(f"the font {file} is missing; install the package {package.replace('_', '-').lower()}")
    return folder / file


@cache
def characters(font: Path) -> frozenset[int]:
    """The code points a font can draw."""
    from fontTools.ttLib import TTFont  # here: most that is done with fonts only names their files

    with TTFont(font, lazy=True) as opened:
        return frozenset(opened.getBestCmap())


def of_chart(text: str) -> Path:
    """The Chinese font, or DejaVu Sans where that has all of a text, Arabic and Hebrew among it, and the other not."""
    needed = {ord(c) for c in text if c.isprintable() and not c.isspace()}
    signs = _packaged("matplotlib", "mpl-data/fonts/ttf/DejaVuSans.ttf")
    return chinese() if needed <= characters(chinese()) or not needed <= characters(signs) else signs


def drawable(text: str, stand_in: str = "□") -> str:
    """One line for a chart: what its font lacks becomes `stand_in`, marks without a glyph go."""
    known = characters(of_chart(text))
    shown = (c for c in " ".join(text.split()) if c.isprintable())
    return "".join(c if ord(c) in known else stand_in for c in shown)
