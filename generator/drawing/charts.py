"""The one door to matplotlib: colour maps, and charts with words, one picture a language, without global state.

Every word comes from outside, in one language, and is drawn in the packaged font. What its user has set has no say.
"""

import logging
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from generator.artefacts import READABLE, Confusion, Curves, Floats, Ints
from generator.drawing.fonts import chinese, drawable, of_chart
from generator.drawing.inks import OPPOSES, SUPPORTS, WHITE, Colour, Pixels, hexadecimal, ink_on, mix
from generator.drawing.png import reduced
from generator.errors import ParameterError, suggestion
from generator.evidence.estimates import Estimate
from generator.languages import numeral

if TYPE_CHECKING:  # what draws is imported late: colours alone need none of it
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties


@contextmanager
def _as_shipped() -> Iterator[None]:
    """Inside, matplotlib finds its own settings only: no backend of the shell, and no matplotlibrc, be it broken."""
    package = find_spec("matplotlib")
    backend = os.environ.pop("MPLBACKEND", None)
    try:
        with chdir(Path((package and package.origin) or "").parent / "mpl-data"):  # where it looks first
            yield
    finally:
        if backend is not None:
            os.environ["MPLBACKEND"] = backend


logging.getLogger("matplotlib").setLevel(logging.ERROR)  # where its own cache lies is no matter of a report's reader
with _as_shipped():
    from matplotlib import colormaps, rc_context, rcParamsDefault

as_shipped = rc_context({name: value for name, value in rcParamsDefault.items() if name != "backend"})
"""Draws a chart alike whatever else in this process has set."""

DPI = 160
AIR = 0.08  # inches round each panel
AGAINST_FOR = "against-for"  # the colour map of superpixels, the tints they lie over a face with
PAPER: Colour = (0xF7, 0xF7, 0xF7)
INK, QUIET, RULE = "#1b1e22", "#62686f", "#d6d9d4"
HEAT: Colour = (0x0B, 0x5A, 0x87)
BAR = hexadecimal(SUPPORTS)
OTHER = hexadecimal(OPPOSES)
MARKS = "osD^vPX*<>hd"  # a shape a class beside its colour
APART = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#1b1e22", "#E69F00", "#56B4E9")  # Okabe & Ito
ACROSS = 3  # panels beside each other
CORNERS = (0, 0), (1, 0), (1, 1), (0, 1)  # of a square, going round
VALIDATION = "val_"
LONGEST = 24  # characters of a name


@cache
def colour_table(colormap: str) -> Pixels:
    """The 256 colours of a matplotlib colour map, or of superpixels; raises ParameterError for an unknown one."""
    if colormap == AGAINST_FOR:
        sides = [mix(OPPOSES, PAPER, k / 128) for k in range(128)], [mix(PAPER, SUPPORTS, k / 127) for k in range(128)]
        return np.array(sides, np.uint8).reshape(256, 3)
    if colormap not in colormaps:
        raise ParameterError("colormap", f"unknown colour map '{colormap}'{suggestion(colormap, list(colormaps))}")
    colours = colormaps[colormap].resampled(256)(np.arange(256), bytes=True)[:, :3]
    return np.ascontiguousarray(colours, dtype=np.uint8)


@as_shipped
def confusion(artefact: Confusion, classes: Sequence[str], words: Mapping[str, str], language: str = "") -> Pixels:
    """The matrix with a count and a share in each cell; the deeper the blue, the larger what `normalize` names."""
    shown = artefact.shown
    from matplotlib.collections import PolyCollection

    n, counts, shares = len(shown), artefact.counts[np.ix_(shown, shown)], artefact.shares[np.ix_(shown, shown)]
    figure, axes = _canvas(1.9 + 0.72 * n, 1.1 + 0.6 * n)
    counted = artefact.normalize == "none"
    strength = shares / (max(float(shares.max()), 1e-12) if counted else 1)
    grounds = {place: mix(WHITE, HEAT, float(strength[place])) for place in np.ndindex(n, n)}
    squares = [[(column + right, row + down) for right, down in CORNERS] for row, column in grounds]
    axes.add_collection(PolyCollection(squares, facecolors=list(map(hexadecimal, grounds.values())), linewidth=0))
    for place, ground in grounds.items():
        numbers = f"{counts[place]:,}", f"{shares[place]:.1%}"
        _cell(axes, place, ground, numbers if counted else numbers[::-1])
    axes.set(xlim=(0, n), ylim=(n, 0))
    names = [shortened(classes[k]) for k in shown]
    _ticks(axes, "x", [k + 0.5 for k in range(n)], names, 30 if any(len(name) > 8 for name in names) else 0)
    _ticks(axes, "y", [k + 0.5 for k in range(n)], names)
    _label(axes, words["predicted_class"])
    _above(axes, f"{words['true_class']} ↓")
    return _pixels(figure, language)


def _cell(axes: "Axes", place: tuple[int, int], ground: Colour, numbers: tuple[str, ...]) -> None:
    """In a square a larger and a smaller number, within its frame on the diagonal."""
    row, column = place
    ink = hexadecimal(ink_on(ground))
    if row == column:
        axes.plot([column, column + 1, column + 1, column, column], [row, row, row + 1, row + 1, row], INK, lw=1.2)
    for number, size, below in zip(numbers, (10, 7), (0.36, 0.74), strict=True):
        text = axes.text(column + 0.5, row + below, number, color=ink, ha="center", va="center", font=_font(size))
        text.set_in_layout(False)  # it lies within the axes, of which the layout knows


@as_shipped
def probabilities(probability: Floats, classes: Sequence[str], marked: int, language: str = "") -> Pixels:
    """A bar for each class with its probability; the bar of `marked` (the label, or -1) is full, the others light."""
    n = len(classes)
    figure, axes = _canvas(3.4, 0.35 + 0.27 * n)
    light = hexadecimal(mix(WHITE, SUPPORTS, 0.55))
    axes.barh(range(n), probability, height=0.68, color=[BAR if k == marked else light for k in range(n)])
    for k, value in enumerate(probability.tolist()):
        axes.text(value + 0.015, k, f"{value:.1%}", color=INK, va="center", font=_font(8, k == marked))
    axes.set(xlim=(0, 1.18), ylim=(n - 0.5, -0.5))
    axes.set_xticks([])
    _ticks(axes, "y", list(range(n)), [shortened(name) for name in classes])
    axes.spines["left"].set(visible=True, color=RULE)
    return _pixels(figure, language)


@as_shipped
def intervals(
    panels: Sequence[tuple[str, Sequence[Estimate | None]]],
    names: Sequence[str],
    lines: Sequence[float] = (),
    *,
    hollow: Collection[int] = (),
    percent: bool = False,
    language: str = "",
) -> Pixels:
    """A panel a quantity, in it a dot with its interval for each name; dashed lines at what they are read against.

    The panels have one scale. `hollow` are the places of names that only stand there to be compared with.
    """
    across = min(len(panels), ACROSS)
    down = -(-len(panels) // across)
    figure = _figure(1.5 + 2.1 * across, down * (0.75 + 0.27 * len(names)))
    first = None
    for number, (title, estimates) in enumerate(panels):
        axes = first = _bare(figure.add_subplot(down, across, number + 1, sharex=first))
        _dots(axes, estimates, hollow)
        for place in lines:
            axes.axvline(place, color=QUIET, linestyle=(0, (4, 3)), linewidth=1.2)
        axes.set_ylim(len(names) - 0.5, -0.5)
        shown = [shortened(name) for name in names] if number % across == 0 else [""] * len(names)
        _ticks(axes, "y", list(range(len(names))), shown)
        _few_ticks(axes, 5, steps=[1, 2, 5, 10])
        _numbers(axes, "x", percent)
        axes.grid(axis="x", color=RULE, linewidth=0.7)
        axes.set_axisbelow(True)
        _title(axes, title)
    return _pixels(figure, language)


def _dots(axes: "Axes", estimates: Sequence[Estimate | None], hollow: Collection[int]) -> None:
    """All dots of a look at once: each call costs as much as a panel."""
    known = [(place, one) for place, one in enumerate(estimates) if one is not None]
    for quiet, (edge, inside, line) in {False: (BAR, BAR, INK), True: (QUIET, "white", QUIET)}.items():
        shown = [(place, one) for place, one in known if (place in hollow) is quiet]
        if shown:
            places, means = [place for place, _ in shown], [one.mean for _, one in shown]
            reach = np.array([(one.mean - one.low, one.high - one.mean) for _, one in shown]).T.clip(0)  # 1 may round
            bars = axes.errorbar(means, places, xerr=reach, fmt="o", elinewidth=1.4, capsize=3, ecolor=line)
            bars.lines[0].set(color=edge, markerfacecolor=inside)


@as_shipped
def reliability(
    confidence: NDArray[np.float64], accuracy: NDArray[np.float64], axes_words: tuple[str, str], language: str = ""
) -> Pixels:
    """Accuracy over mean confidence for the bins of a calibration, beside the diagonal of a calibrated model."""
    figure, axes = _canvas(3.8, 3.6)
    axes.plot([0, 1], [0, 1], color=QUIET, linestyle=(0, (4, 3)), linewidth=1.2)
    axes.plot(confidence, accuracy, "o-", color=BAR, markersize=4.5, linewidth=1.4)
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
    _numbers(axes, percent=True)
    axes.grid(color=RULE, linewidth=0.7)
    axes.set_axisbelow(True)
    _label(axes, axes_words[0])
    _above(axes, axes_words[1])
    return _pixels(figure, language)


@as_shipped
def scatter(place: Floats, groups: Ints, names: Sequence[str], language: str = "") -> Pixels:
    """A point an image, coloured and marked by its group; the axes of an embedding have no unit."""
    figure, axes = _canvas(5.6, 4.2)
    present = np.unique(groups).tolist()
    for k in present:
        x, y = place[groups == k].T
        mark, colour = MARKS[k % len(MARKS)], APART[k % len(APART)]
        label = shortened(names[k]) if len(present) <= READABLE else None
        axes.scatter(x, y, s=20, color=colour, marker=mark, label=label, linewidths=0.3, edgecolors="white")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_aspect("equal", adjustable="datalim")
    if len(present) <= READABLE:
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1), prop=_font(9), frameon=False, labelcolor=INK)
    return _pixels(figure, language)


@as_shipped
def curves(artefact: Curves, words: Mapping[str, str], language: str = "") -> Pixels:
    """A panel a quantity over the epochs; training is a full line, validation a dashed one."""
    panels = list(dict.fromkeys(name.removeprefix(VALIDATION) for name in artefact.names))
    figure = _figure(3.6 * len(panels), 2.8)
    for number, quantity in enumerate(panels, 1):
        axes = _bare(figure.add_subplot(1, len(panels), number))
        _lines(axes, artefact, quantity, words)
        _few_ticks(axes, 6, integer=True)
        _numbers(axes)
        _label(axes, words["epoch"])
    return _pixels(figure, language)


def _lines(axes: "Axes", artefact: Curves, quantity: str, words: Mapping[str, str]) -> None:
    """A quantity in training and in validation, whichever the log has."""
    dashed = (0, (4, 2))
    kinds = ((quantity, "training", BAR, "-"), (VALIDATION + quantity, "validation", OTHER, dashed))
    for name, side, colour, line in kinds:
        if name in artefact.names:
            values = artefact.values[artefact.names.index(name)]
            axes.plot(artefact.epoch, values, color=colour, linestyle=line, linewidth=1.6, label=words[side])
    axes.grid(color=RULE, linewidth=0.7)
    _title(axes, words.get(quantity, quantity))
    axes.legend(loc="best", prop=_font(9), frameon=False, labelcolor=INK)


def shortened(name: str) -> str:
    """A name that fits beside a chart."""
    shown = drawable(name)
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…"


def _canvas(width: float, height: float) -> "tuple[Figure, Axes]":
    """A figure of so many inches with one bare pair of axes."""
    figure = _figure(width, height)
    return figure, _bare(figure.add_subplot())


def _figure(width: float, height: float) -> "Figure":
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    layout = ConstrainedLayoutEngine(w_pad=AIR, h_pad=AIR)
    return Figure(figsize=(width, height), dpi=DPI, facecolor="white", layout=layout)


def _bare(axes: "Axes") -> "Axes":
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, colors=INK)
    return axes


def _font(size: float, bold: bool = False) -> "FontProperties":
    from matplotlib.font_manager import FontProperties

    return FontProperties(fname=str(chinese(bold)), size=size)


def _ticks(axes: "Axes", which: str, places: list[float], names: list[str], turn: int = 0) -> None:
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_ticks(places, names, font=_font(9), parse_math=False, color=INK)
    if turn:
        for label in axes.get_xticklabels():
            label.set(rotation=turn, ha="right", rotation_mode="anchor")


def _few_ticks(axes: "Axes", most: int, **options: object) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(most, **options))


def _numbers(axes: "Axes", along: str = "xy", percent: bool = False) -> None:
    """Numbers along one or both axes in the packaged font."""
    for axis in (getattr(axes, f"{which}axis") for which in along):
        if percent:
            axis.set_major_formatter(lambda value, _: f"{value:.0%}".replace("-", "\N{MINUS SIGN}"))
        for label in axis.get_ticklabels():
            label.set_fontproperties(_font(8))


def _label(axes: "Axes", below: str) -> None:
    axes.set_xlabel(drawable(below), font=_font(10), color=INK, parse_math=False)


def _title(axes: "Axes", words: str) -> None:
    """What a panel shows."""
    title = axes.set_title(drawable(words), loc="left", color=INK, font=_font(10))
    title.set_parse_math(False)


def _above(axes: "Axes", words: str) -> None:
    """What the vertical axis holds, upright above it: Chinese is not read on its side."""
    text = axes.annotate(drawable(words), (0, 1), (-3, 8), xycoords="axes fraction", textcoords="offset points")
    text.set(ha="right", fontproperties=_font(10), color=INK, parse_math=False)


def _pixels(figure: "Figure", language: str) -> Pixels:
    """What is drawn; characters have the form that the language writes them in, which the one font has for each."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.font_manager import FontProperties
    from matplotlib.text import Text

    for words in figure.findobj(Text):
        if (font := of_chart(words.get_text())) != chinese():
            words.set_fontproperties(FontProperties(fname=str(font), size=words.get_fontsize()))
        words.set(language=language or None, text=numeral(words.get_text(), language))
    canvas = FigureCanvasAgg(figure)
    if numeral("0.1", language) != "0.1":
        _write_ticks(figure, language)
    canvas.draw()  # type: ignore[no-untyped-call]
    return reduced(np.asarray(canvas.buffer_rgba())[..., :3].copy())  # type: ignore[no-untyped-call]


def _write_ticks(figure: "Figure", language: str) -> None:
    """The numbers along the axes as the language writes them, which are known once it is laid out."""
    figure.canvas.draw()
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        labels = [numeral(label.get_text(), language) for label in axis.get_majorticklabels()]
        axis.set_ticks(axis.get_majorticklocs(), labels)
