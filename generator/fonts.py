"""The fonts of everything that is drawn or printed: files of installed packages, never the system's.

Latin is set in Source Sans, Chinese in Noto Sans CJK TC; DejaVu Sans Mono has signs that neither knows.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from generator.errors import GeneratorError

CHINESE_FAMILY = "Noto Sans CJK TC"
PRINTABLE_BREAKS = "\n\r\t"


def chinese(bold: bool = False) -> Path:
    """Noto Sans CJK TC, which holds Latin, Greek, Cyrillic, kana and hangul too."""
    weight = "Bold" if bold else "Regular"
    return _packaged(f"cvttf_NotoSansCJK_{weight}", f"NotoSansCJKtc-{weight}.otf")


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
    with TTFont(font, lazy=True) as opened:
        return frozenset(opened.getBestCmap())


def drawable(text: str, stand_in: str = "□") -> str:
    """One line for a chart: what the Chinese font lacks becomes `stand_in`, marks without a glyph go."""
    known = characters(chinese())
    shown = (c for c in " ".join(text.split()) if c.isprintable())
    return "".join(c if ord(c) in known else stand_in for c in shown)
