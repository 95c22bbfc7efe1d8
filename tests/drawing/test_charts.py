"""Charts with words."""

import hashlib
import os
import subprocess
import sys
from itertools import combinations

import matplotlib
import numpy as np
import pytest

from generator.artefacts import Confusion
from generator.drawing import charts
from generator.evidence.estimates import Estimate
from generator.shipped import PACKAGE

WORDS = {"true_class": "真實類別", "predicted_class": "預測類別"}
CLASSES = ("生氣", "高興", "中立")
COUNTS = np.array([[80, 10, 10], [5, 190, 5], [0, 0, 0]])


def confusion(counts=COUNTS, normalize="label", classes=CLASSES):
    return charts.confusion(Confusion(counts, normalize), classes, WORDS)


def test_a_chart_is_the_same_twice():
    """Nothing in matplotlib's global state reaches a chart."""
    assert np.array_equal(confusion(), confusion())


SETTINGS = [
    ("MPLBACKEND", "QtAgg", None),
    ("MPLBACKEND", "a backend that nobody has", None),
    ("X", "", b"font.size: 40\naxes.facecolor: red\nlines.linewidth: thick\nno colon here\n"),
    ("X", "", b"\xff\xfe is no UTF-8"),
]


@pytest.mark.parametrize(("variable", "value", "file"), SETTINGS)
def test_what_the_user_has_set_has_no_say(tmp_path, variable, value, file):
    """A backend of the shell or a matplotlibrc, be it broken, changes no chart, warns of nothing and stays as it is."""
    if file:
        (tmp_path / "matplotlibrc").write_bytes(file)
    script = (
        "import os, hashlib, numpy as np; from generator.drawing import charts\n"
        "chart = charts.probabilities(np.array([.2, .8], np.float32), ('a', 'b'), 0)\n"
        f"print(hashlib.sha256(chart.tobytes()).hexdigest(), os.environ.get('{variable}') == '{value}', os.getcwd())"
    )
    told = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(PACKAGE.parent), variable: value},
        capture_output=True,
        text=True,
        check=True,
    )
    own = hashlib.sha256(charts.probabilities(np.array([0.2, 0.8], np.float32), ("a", "b"), 0).tobytes()).hexdigest()
    assert (told.stderr, told.stdout.split()) == ("", [own, "True", str(tmp_path)])


def test_what_a_plugin_has_set_has_no_say():
    """Settings of the same process, for instance by a method of one's own, change no chart and stay."""
    before = confusion()
    with matplotlib.rc_context(
        {"font.size": 40, "axes.facecolor": "red", "savefig.dpi": 10, "text.antialiased": False}
    ):
        assert np.array_equal(confusion(), before)
        assert matplotlib.rcParams["font.size"] == 40


def test_the_deepest_cell_is_the_largest_share():
    """The ground of 100 % is the full heat colour; with counts the largest count is."""
    for normalize in ("none", "label", "predicted"):
        pixels = confusion(np.diag([5, 5, 5]), normalize).reshape(-1, 3)
        assert (pixels == charts.HEAT).all(axis=1).sum() > 1000


def test_an_empty_row_is_drawn_white():
    """A class without images has no share, and no division fails."""
    assert (confusion() == 255).all(axis=-1).any()


@pytest.mark.parametrize("name", ["$\\frac{x}{", "a" * 4000, "😀", "<b>&", "\u202egnal", "x\ny"])
def test_hostile_class_names_are_drawn_literally(name):
    """No name is taken for mathematics or markup, none runs off the chart, none warns."""
    pixels = confusion(classes=(name, *CLASSES[1:]))
    assert pixels.shape[1] < 1200


def test_long_names_are_shortened():
    """At most 24 characters, with an ellipsis."""
    assert charts.shortened("a" * 30) == "a" * 23 + "…"
    assert charts.shortened("生氣") == "生氣"


def test_probabilities_grow_with_their_bars():
    """The bar of a class is as long as its probability; the label's is the full colour."""
    full = tuple(int(charts.BAR[k : k + 2], 16) for k in (1, 3, 5))
    areas = []
    for p in (0.25, 0.5):
        pixels = charts.probabilities(np.array([p, 1 - p, 0], np.float32), CLASSES, 0)
        areas.append((pixels == full).all(axis=-1).sum())
    assert areas[1] == pytest.approx(2 * areas[0], rel=0.05)


ESTIMATES = [Estimate(0.2, 0.1, 0.3, 20), Estimate(-0.1, -0.2, 0.05, 20), None]
NAMES = ("顯著圖", "Grad-CAM", "LIME")


def test_intervals_show_each_estimate_and_the_reference():
    """One dot a name that is known, in the full colour; without a line to read them against there is none."""
    full = tuple(int(charts.BAR[k : k + 2], 16) for k in (1, 3, 5))
    blue = [
        (charts.intervals([("差距", some)], NAMES) == full).all(axis=-1).sum()
        for some in (ESTIMATES, [*ESTIMATES[:1], None, None], [None] * 3)
    ]
    assert blue[0] == pytest.approx(2 * blue[1], rel=0.1)
    assert blue[2] == 0
    with_line = charts.intervals([("差距", ESTIMATES)], NAMES, (0.0,))
    assert not np.array_equal(with_line, charts.intervals([("差距", ESTIMATES)], NAMES))


def test_what_is_only_compared_with_is_hollow():
    """It has neither the colour nor the filling of what was measured."""
    full = tuple(int(charts.BAR[k : k + 2], 16) for k in (1, 3, 5))
    pixels = charts.intervals([("差距", ESTIMATES)], NAMES, hollow=range(3))
    assert not (pixels == full).all(axis=-1).any()


def test_panels_stand_three_beside_each_other():
    """The fourth begins a new line."""
    three, four = (charts.intervals([("差距", ESTIMATES)] * n, NAMES) for n in (3, 4))
    assert four.shape[0] == pytest.approx(2 * three.shape[0], abs=2)
    assert four.shape[1] == three.shape[1]


def test_a_calibrated_model_lies_on_the_diagonal():
    """The curve of equal confidence and accuracy covers the dashed line, another one does not."""
    x = np.linspace(0.1, 0.9, 5)
    assert not np.array_equal(
        charts.reliability(x, x, ("信心", "正確率")), charts.reliability(x, x**2, ("信心", "正確率"))
    )


def test_an_interval_that_rounds_past_its_mean_is_drawn():
    """A share of 1 may end a last bit below it."""
    certain = Estimate(1.0, 0.95, 1.0 - 1e-12, 20)
    assert charts.intervals([("差距", [certain] * len(NAMES))], NAMES).size


def test_a_chart_has_at_most_256_colours():
    """Those of its grounds and letters are kept; a pixel at the edge of a letter moves less than can be seen."""
    shares = np.add.outer(np.arange(12), np.arange(12)) + 1
    names = [f"class {k}" for k in range(12)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(charts, "reduced", lambda pixels: pixels)
        full = confusion(shares, classes=names)
    few = confusion(shares, classes=names)
    colours, counts = np.unique(full.reshape(-1, 3), axis=0, return_counts=True)
    assert len(colours) > 256 == len(np.unique(few.reshape(-1, 3), axis=0))
    common = (full[:, :, None] == colours[counts > 1000]).all(axis=-1).any(axis=-1)
    assert np.array_equal(full[common], few[common])
    away = np.abs(full.astype(int) - few).max(axis=-1)
    assert away.max() < 64
    assert (away > 16).mean() < 0.005


def test_shares_on_an_axis_have_a_real_minus():
    """As matplotlib's own numbers have it: not the hyphen, which is half as long."""
    _, axes = charts._canvas(2, 2)
    charts._numbers(axes, "x", percent=True)
    assert [axes.xaxis.get_major_formatter()(value, None) for value in (-0.1, 0.25)] == ["−10%", "25%"]


def test_arabic_is_written_from_right_to_left():
    """Its letters joined and in their order: other pictures than boxes, and than the letters the other way round."""
    drawn = [confusion(classes=(name, *CLASSES[1:])) for name in ("با", "اب", "□□")]
    assert not any(np.array_equal(one, other) for one, other in combinations(drawn, 2))


def test_characters_have_the_form_of_the_language():
    """One font holds all of them: 直 and 骨 are others in Japanese, Simplified Chinese and Korean; Latin never is."""

    def drawn(word, language):
        return charts.probabilities(np.array([0.2, 0.8], np.float32), (word, "b"), 0, language)

    plain = drawn("直骨", "")
    assert np.array_equal(plain, drawn("直骨", "zh-Hant")) and np.array_equal(plain, drawn("直骨", "en"))
    assert all(not np.array_equal(plain, drawn("直骨", language)) for language in ("ja", "zh-Hans", "ko"))
    assert np.array_equal(drawn("angry", "ja"), drawn("angry", ""))


def test_numbers_are_written_as_the_language_does():
    """Within a chart and along its axes."""
    share = np.array([0.2, 0.8], np.float32)
    german, english = (charts.probabilities(share, CLASSES[:2], 0, language) for language in ("de", "en"))
    assert not np.array_equal(german, english)
    german, english = (charts.intervals([("a", ESTIMATES)], NAMES, language=language) for language in ("de", "en"))
    assert german.shape == english.shape and not np.array_equal(german, english)
