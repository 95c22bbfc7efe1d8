"""What may be said: a grid of intervals against the words of both languages, levels of tables, and planted cases."""

import re
from dataclasses import replace
from functools import partial
from itertools import product

import numpy as np
import pytest

from generator.evidence.dependence import KEPT, Agreement, LimeFit, Repetition, Survival
from generator.evidence.estimates import ZERO, Bounds, Estimate, Sums, Verdict, claim_level, decided, lit_by
from generator.evidence.faithfulness import Faithfulness
from generator.evidence.localisation import RegionEffect, RegionShare
from generator.evidence.measurement import Setting, measure
from generator.evidence.result import CHECKS, Check, Drawn, FigureEvidence, ReportEvidence
from generator.evidence.statement import judged, stated, together
from generator.regions import Region
from generator.text import Text
from tests.evidence.planted import (
    CLASSES,
    CORNERS,
    SIDE,
    corner_classifier,
    corner_images,
    edges,
    faces_of,
    registered,
    shuffled,
    spoken,
    toy,
)

GRID = (-0.9, -0.32, -0.09, -0.04, 0.0, 0.04, 0.2, 0.35, 0.4, 0.6, 0.65, 0.7, 0.85, 1.03)
INTERVALS = [(low, high) for low, high in product(GRID, GRID) if low < high]
LANGUAGES = ("en", "zh-Hant")
LIGHTS = {"green": "changes", "amber": "partly", "red": "stays"}  # of what survives, and their reasons


def between(low: float, high: float, n: int = 28) -> Estimate:
    return Estimate((low + high) / 2, low, high, n)


def half(low: float, high: float, floor: float, ceiling: float, margin: float = 0.0) -> str:
    """What holds of an interval that decides nothing: it ends at the far threshold, give or take the margin."""
    return "not_below" if low >= floor - margin else "not_above" if high <= ceiling + margin else "undecided"


def about(low: float, high: float) -> bool:
    """Whether an interval holds 0 and nothing beyond the margin."""
    return -0.05 < low <= 0 <= high < 0.05


def figure(asked, **known) -> FigureEvidence:
    """One figure that was measured; what is not asked is silent."""
    silent = Verdict("silent", "too_few", 0)
    verdict = {check: silent for check in ("looks", "faithful", "class", "weights") if check not in asked}
    return FigureEvidence(Drawn(28), verdict=verdict, **known)


def of_one(**known) -> ReportEvidence:
    return judged(ReportEvidence({"one": figure(**known)}))


def said(evidence: ReportEvidence, check: str) -> tuple[str, str, str]:
    """The light of a check, and its sentence in both languages."""
    english, chinese = (str(spoken(evidence, code).verdict("one", check)) for code in LANGUAGES)
    return evidence.of("one").light(check), english, chinese


@pytest.mark.parametrize(("low", "high"), INTERVALS)
def test_a_statement_is_true_of_every_number_of_its_interval(low, high):
    """Above, below and between hold of both ends; within, of both to the margin; else half of it, or nothing."""
    one, two = stated(between(low, high), ZERO), stated(between(low, high), KEPT)
    near = "within" if about(low, high) else half(low, high, 0, 0, 0.05)
    assert one == ("above" if low > 0 else "below" if high < 0 else near)
    expected = "below" if high < 1 / 3 else "above" if low > 2 / 3 else half(low, high, 1 / 3, 2 / 3)
    assert two == ("between" if low >= 1 / 3 and high <= 2 / 3 else expected)


@pytest.mark.parametrize("exchange", ["class", "weights"])
@pytest.mark.parametrize(("low", "high"), INTERVALS)
def test_what_survives_is_called_what_it_is(low, high, exchange):
    """'Less than a third', 'more than two thirds', 'between' only of a whole interval; a negative is explained."""
    survival = Survival(between(low, high), 0.5, 0.4, 28)
    field = {"class": "class_swap", "weights": "random_weights"}[exchange]
    evidence = of_one(asked=[exchange], **{field: survival})
    light, english, chinese = said(evidence, exchange)
    assert (light == "green") == ("less than a third" in english) == ("不到三分之一。" in chinese) == (high < 1 / 3)
    assert (light == "red") == ("more than two thirds" in english) == ("留下超過三分之二。" in chinese) == (low > 2 / 3)
    inside = low >= 1 / 3 and high <= 2 / 3
    assert (light == "amber") == ("one third and two thirds" in english) == ("三分之一到三分之二" in chinese) == inside
    assert (light == "undecided") == ("not decided" in english) == ("無法斷定" in chinese)
    open_half = half(low, high, 1 / 3, 2 / 3) if light == "undecided" else ""
    assert (open_half == "not_above") == ("At most two thirds" in english) == ("最多留下三分之二" in chinese)
    assert (open_half == "not_below") == ("At least a third" in english) == ("至少留下三分之一" in chinese)
    assert evidence.of("one").verdict[exchange].reason == (open_half or LIGHTS[light])
    first, second = (
        next(line for line in spoken(evidence, code).lines("one") if line.check == exchange) for code in LANGUAGES
    )
    assert ("Below zero" in first.sentence) == ("低於 0" in second.sentence) == (low + high < 0)
    assert "Below zero" not in english  # where the number does not stand
    numbers = first.numbers
    printed = [float(one.replace("−", "-")) / 100 for one in re.findall(r"(−?[\d.]+)%", numbers)]
    assert printed == pytest.approx([(low + high) / 2, low, high], abs=0.006)  # nothing is clipped
    claim = spoken(evidence).retained("one", exchange)
    assert (bool(claim), claim.said) == (high < 1 / 3, decided(evidence.of("one").says(exchange)))


@pytest.mark.parametrize(("low", "high"), INTERVALS)
def test_a_gap_is_called_what_it_is(low, high):
    """Chance only where the whole interval lies about 0: 0 ± .3 is not decided."""
    evidence = of_one(asked=["faithful"], faithfulness=Faithfulness(None, None, between(low, high), {}))
    light, english, chinese = said(evidence, "faithful")
    assert (light == "green") == (low > 0) == bool(spoken(evidence).gap("one"))
    assert ("as by chance" in english) == ("和亂猜一樣" in chinese) == about(low, high)
    assert ("wrong way" in english) == ("標反了" in chinese) == (high < 0)
    assert (light == "undecided") == ("not decided" in english) == ("無法斷定" in chinese)
    open_half = half(low, high, 0, 0, 0.05) if light == "undecided" else ""
    assert (open_half == "not_above") == ("hurts hardly more" in english) == ("頂多比遮住其他地方多傷" in chinese)
    assert (open_half == "not_below") == ("hurts hardly less" in english) == ("頂多比遮住其他地方少傷" in chinese)


@pytest.mark.parametrize("reference", ["blob", "change", "untrained", "average"])
@pytest.mark.parametrize(("low", "high"), INTERVALS)
def test_every_map_that_is_not_beaten_is_named_with_how_it_stands(low, high, reference):
    """'As well' only to the margin; 'better' where it is; not significant is not equal."""
    names = {"blob": "a blob in", "change": "a blur changes", "untrained": "an untrained", "average": "average map"}
    over = {**dict.fromkeys(names, between(0.3, 0.4)), reference: between(low, high)}
    evidence = of_one(asked=["faithful"], faithfulness=Faithfulness(None, None, between(0.5, 0.6), over))
    light, english, chinese = said(evidence, "faithful")
    known = stated(between(low, high), ZERO)
    heads = {
        "below": ("This would do better: ", "做得更好的還有："),
        "within": ("This would do as well", "做得一樣好"),
        "not_above": ("at least nearly as well", "做得更好或幾乎一樣好"),
        "not_below": ("worse than this by .05 at most, but", "和以下這些相比，頂多差 .05"),
        "undecided": ("Whether it does better than this is not decided: ", "是否勝過以下這些，無法斷定："),
    }
    for statement, (words, chinese_words) in heads.items():
        assert (words in english) == (chinese_words in chinese) == (known == statement)
    assert (f"{names[reference]}" in english.partition(": ")[2]) == (known != "above")
    assert light == ("green" if reference == "average" or known == "above" else "amber")
    assert bool(spoken(evidence).beats("one", reference)) == (low > 0)


@pytest.mark.parametrize(("low", "high"), INTERVALS)
def test_a_repetition_is_called_what_it_is(low, high):
    """Green above .7, red below .5, amber within; else not decided."""
    evidence = of_one(asked=[], repeat=Repetition(between(low, high), None))
    light, english, chinese = said(evidence, "repeat")
    inside = low >= 0.5 and high <= 0.7
    assert light == ("green" if low > 0.7 else "red" if high < 0.5 else "amber" if inside else "undecided")
    assert (light == "undecided") == ("not decided" in english) == ("無法斷定" in chinese)
    open_half = half(low, high, 0.5, 0.7) if light == "undecided" else ""
    assert (open_half == "not_above") == ("at most .7;" in english) == ("最高 .7" in chinese)
    assert (open_half == "not_below") == ("at least .5;" in english) == ("至少 .5；" in chinese)


@pytest.mark.parametrize(("cell", "areas"), [((0.88, 0.92), True), ((0.6, 0.9), False)])
def test_beside_pixels_that_change_stand_areas_that_do_not_and_what_helps(cell, areas):
    """Which parameters, the method knows; of one without such words nothing is said."""
    evidence = of_one(asked=[], repeat=Repetition(between(0.4, 0.45), between(*cell)))
    for method, english, chinese in (
        ("smoothgrad", "More “samples” or less “noise”", "提高「samples」或調低「noise」"),
        ("lime", "(“n_segments”)", "（「n_segments」）"),
        ("toy", "", ""),
    ):
        one, other = (
            str(replace(spoken(evidence, code), methods={"one": method}).verdict("one", "repeat")) for code in LANGUAGES
        )
        assert "do not read single pixels" in one and "不要解讀個別像素" in other
        assert ("Areas do come again" in one) == ("大一點的範圍" in other) == areas == ("correlation 0.9." in one)
        assert (english in one) and (chinese in other) and ("steadier" in one) == ("穩定" in other) == bool(english)


@pytest.mark.parametrize(
    ("r2", "stability", "light", "reason"),
    [
        ((0.65, 0.75), (0.85, 0.95), "green", "fits"),
        ((0.1, 0.2), (0.85, 0.95), "red", "fits_badly"),
        ((0.65, 0.75), (0.3, 0.4), "red", "unstable"),
        ((0.65, 0.75), (0.55, 0.75), "amber", "double_samples"),
        ((0.35, 0.55), (0.85, 0.95), "amber", "fits_partly"),
        ((0.4, 0.74), (0.85, 0.95), "undecided", "r2_open"),
        ((0.65, 0.75), (0.7, 0.9), "undecided", "stability_open"),
        ((0.2, 0.55), (0.2, 0.9), "undecided", "undecided"),
    ],
)
def test_limes_light_is_of_fit_and_stability(r2, stability, light, reason):
    """Green from .6 and .8 on, red below .3 or .5, each of the whole interval at the level of two claims."""
    halves = [(sum(one) / 2, 0.85 * (one[1] - one[0]) / 2) for one in (r2, stability)]  # narrower than at one claim
    narrow = [between(mean - half, mean + half, n=100000) for mean, half in halves]
    evidence = of_one(asked=[], lime=LimeFit(*narrow, between(0.1, 0.2)))
    found = evidence.of("one").verdict["fit"]
    assert (found.light, found.reason) == (light, reason)
    _, english, chinese = said(evidence, "fit")
    assert ("decided how well" in english) == ("能解釋多少" in chinese) == (reason in ("undecided", "r2_open"))
    assert ("come again" in english and light == "undecided") == (reason in ("undecided", "stability_open"))
    for name, chinese_name, (low, high), floor, ceiling in (
        ("R² is", "R² ", r2, 0.3, 0.6),
        ("The stability is", "穩定度", stability, 0.5, 0.8),
    ):
        known = "above" if low > ceiling else "between" if low > floor and high < ceiling else ""
        known = (known or half(low, high, floor, ceiling)) if light == "undecided" else ""
        for statement, words, chinese_words, bound in (
            ("above", "above", "高於", ceiling),
            ("not_above", "at most", "最高", ceiling),
            ("not_below", "at least", "至少", floor),
        ):
            printed = f"{bound:.1f}".lstrip("0")
            assert (f"{name} {words} {printed}." in english) == (known == statement)
            assert (f"{chinese_name}{chinese_words} {printed}。" in chinese) == (known == statement)


@pytest.mark.parametrize(("low", "high"), INTERVALS)
def test_the_effect_of_a_region_is_called_what_it_is(low, high):
    """More, less, as much to five points, or not decided; more only where hiding costs anything at all."""
    for inside, costs in ((between(0.1, 0.2), True), (between(-0.1, 0.2), False)):
        effect = {name: RegionEffect(inside, None, between(low, high)) for name in ("all",)}
        evidence = judged(ReportEvidence({"one": FigureEvidence()}, {"corner": effect}))
        claim, more = spoken(evidence).region_effect("corner"), low > 0 and costs
        english, chinese = (spoken(evidence, code).say_effect("corner") for code in LANGUAGES)
        assert bool(claim) == more == (": the model needs it" in english) == ("模型需要這裡" in chinese)
        assert (claim.said == "below") == (high < 0) == ("places more" in english) == ("少降" in chinese)
        assert (
            (claim.said == "within") == about(low, high) == ("as much as" in english) == ("不到 5 個百分點" in chinese)
        )
        assert (claim.said == "undecided") == ("not decided" in english) == ("無法斷定" in chinese)
        open_half = half(low, high, 0, 0, 0.05) if claim.said == "undecided" else ""
        assert (open_half == "not_above") == ("at most 5 percentage points more" in english) == ("別處大 5" in chinese)
        assert (open_half == "not_below") == ("at most 5 percentage points less" in english) == ("別處小 5" in chinese)
        assert list(spoken(evidence).costs_more()) == (["corner"] if more else [])
        assert list(spoken(evidence).costs_less()) == (["corner"] if high < 0 else [])
        assert "percentage point" in str(claim)
        assert "個百分點" in str(spoken(evidence, "zh-Hant").region_effect("corner"))


@pytest.mark.parametrize(
    ("effect", "words", "chinese_words"),
    [
        ((-0.1, 0.04), "costs hardly more than hiding other places", "頂多比遮住別處大 5 個百分點"),
        ((-0.04, 0.1), "costs hardly less than hiding other places", "頂多比遮住別處小 5 個百分點"),
        ((-0.1, 0.1), "Whether hiding it costs more", "是否比遮住別處更傷"),
    ],
)
def test_beside_a_marked_region_stands_what_holds_of_its_effect(effect, words, chinese_words):
    """The half that holds, where whether hiding it costs more is not decided."""
    faithful = Faithfulness(None, None, between(0.2, 0.3), {})
    one = figure(asked=["looks", "faithful"], region_share={"corner": share(0.5, 0.6)}, faithfulness=faithful)
    effects = {"corner": {"all": RegionEffect(between(0.1, 0.2), None, between(*effect))}}
    light, english, chinese = said(judged(ReportEvidence({"one": one}, effects)), "looks")
    assert light == "amber" and words in english and chinese_words in chinese


def test_a_half_is_wrong_in_a_table_as_seldom_as_a_whole():
    """Eight methods of which just two thirds remain, and some that are decided: 'at most' and 'at least' err seldom."""
    random, wrong = np.random.default_rng(7), 0
    for _ in range(400):
        table = {k: Sums.of(random.normal(2 / 3, 0.3, 28)).estimate() for k in range(8)}
        table |= {k: Sums.of(random.normal(0, 0.3, 28)).estimate() for k in range(8, 12)}
        said = together({k: partial(stated, one, KEPT) for k, one in table.items()})
        wrong += any(said[k] in ("not_above", "below", "above") for k in range(8))
    assert wrong / 400 < 0.09


def share(low: float, high: float, **known) -> RegionShare:
    """Of a region with a sixteenth of the picture, beside a blob of a tenth."""
    excess = known.pop("excess", {"all": between(0.3, 0.4)})
    return RegionShare(1.0, 1 / 16, 0.1, between(0.05, 0.06, 10), {"all": between(low, high)}, excess)


@pytest.mark.parametrize("faithful", [(0.2, 0.3), (-0.3, 0.3), (-0.01, 0.01)])
@pytest.mark.parametrize("effect", [(0.1, 0.2), (-0.1, 0.2), (-0.2, -0.1)])
def test_looks_at_is_said_of_a_faithful_map_whose_region_costs(faithful, effect):
    """Neither where faithfulness is red or not decided, nor where hiding the region costs no more than elsewhere."""
    one = figure(
        asked=["looks", "faithful"],
        region_share={"corner": share(0.5, 0.6)},
        faithfulness=Faithfulness(None, None, between(*faithful), {}),
    )
    effects = {"corner": {"all": RegionEffect(between(0.1, 0.2), None, between(*effect))}}
    evidence = judged(ReportEvidence({"one": one}, effects))
    light, english, chinese = said(evidence, "looks")
    looks = faithful[0] > 0 and effect[0] > 0
    assert (light == "green") == looks == bool(spoken(evidence).looks_at("one"))
    assert list(spoken(evidence).marks("one")) == ["corner"]
    assert ("costs more than hiding other places: the corner" in english) == looks
    if faithful[0] > 0:
        assert ("even costs less" in english) == ("反而比遮住別處更不傷" in chinese) == (effect[1] < 0)
        assert ("not decided" in english) == ("無法斷定" in chinese) == (effect[0] < 0 < effect[1])
    else:
        assert "is not shown" in english and "並沒有得到證實" in chinese


@pytest.mark.parametrize(
    ("low", "high", "excess", "light"),
    [
        (0.01, 0.02, (0.3, 0.4), "amber"),  # less than its area
        (0.0620, 0.0630, (0.3, 0.4), "amber"),  # as much as its area
        (0.07, 0.09, (0.3, 0.4), "amber"),  # more than its area, less than a blob
        (0.05, 0.3, (0.3, 0.4), "undecided"),
        (0.5, 0.6, (-0.1, 0.1), "undecided"),  # of untrained networks nothing is known
        (0.5, 0.6, (-0.2, -0.1), "amber"),
    ],
)
def test_what_marks_nothing_beyond_the_simple_says_so_only_where_it_is_known(low, high, excess, light):
    """The light of a region that is not marked; reason and number speak of it."""
    one = figure(asked=["looks"], region_share={"corner": share(low, high, excess={"all": between(*excess)})})
    evidence = judged(ReportEvidence({"one": one}))
    assert said(evidence, "looks")[0] == light
    assert evidence.of("one").verdict["looks"].about == ("corner",)
    assert spoken(evidence).lines("one")[0].numbers.startswith("the corner: ")
    assert not spoken(evidence).marks("one")


def test_the_cells_of_a_table_share_the_error_and_give_it_back():
    """Holm: the first of three is held to 1 − .05/3, the last to 95 %; what is silent does not count."""
    strong, weak, never = between(0.2, 0.6), between(0.001, 0.4), between(-0.2, 0.3)
    cells = {name: partial(stated, one, ZERO) for name, one in (("strong", strong), ("weak", weak), ("never", never))}
    assert {name: answer(claim_level(3)) for name, answer in cells.items()}["weak"] == "not_below"
    assert together({"weak": cells["weak"], "strong": cells["strong"]}) == {"weak": "above", "strong": "above"}
    assert together(cells) == {"strong": "above", "weak": "not_below", "never": "undecided"}
    assert together({}) == {}
    alone = of_one(asked=["class"], class_swap=Survival(between(0.0, 0.33), 0, 0, 28))
    assert alone.of("one").light("class") == "green"  # the weights are silent
    swap = alone.of("one").class_swap
    both = of_one(asked=["class", "weights"], class_swap=swap, random_weights=Survival(between(0, 1)))
    assert both.of("one").light("class") == "undecided"


def test_of_a_table_of_chance_19_of_20_say_nothing():
    """Four methods times three references, all equal: some cell speaks in 5 % of the tables, give or take."""
    random, wrong = np.random.default_rng(4), 0
    for _ in range(400):
        table = {k: Sums.of(random.normal(0, 1, 28)).estimate() for k in range(12)}
        answers = {k: partial(stated, one, Bounds(0, 0)) for k, one in table.items()}
        wrong += any(one != "undecided" for one in together(answers).values())
    assert 0.02 < wrong / 400 < 0.09


def test_a_further_check_is_said_and_lit_by_what_it_declares(monkeypatch):
    """Its entry is enough: its numbers meet its own bounds, at the level of a table of its own."""
    again = Check("repeat", {"cell": Bounds(0.2, 0.3)}, lit_by("cell", above=("green", "again")))
    monkeypatch.setitem(CHECKS, "again", again)
    found = of_one(asked=[], repeat=Repetition(between(0.0, 0.1), between(0.31, 0.4))).of("one")
    assert (found.says("again"), found.verdict["again"]) == ("above", Verdict("green", "again", 28))
    assert (found.says("repeat"), found.light("repeat")) == ("below", "red")


def test_a_pair_of_methods_counts_once():
    """Printed once, though it is kept both ways."""
    pair = Agreement(between(0.3, 0.5), between(0.1, 0.2), between(0.001, 0.3))
    found = judged(ReportEvidence(agreement={"a": {"b": pair}, "b": {"a": pair}})).agreement
    assert found["a"]["b"].said == found["b"]["a"].said == "above"


def test_numbers_of_networks_say_networks():
    """Five networks are five, however many pictures they saw."""
    evidence = of_one(asked=["weights"], random_weights=Survival(between(0.0, 0.1, 5), 0.1, 0.1, 5))
    assert evidence.of("one").verdict["weights"].n == 5
    line = next(line for line in spoken(evidence).lines("one") if line.check == "weights")
    assert line.numbers.endswith("5 networks")


def test_what_is_not_applicable_says_so():
    """A question that is not asked of a figure is not one for which pictures lack."""
    evidence = of_one(asked=["class"], class_swap=Survival(between(0.0, 0.1), 0, 0, 28))
    light = spoken(evidence).verdict("one", "fit")
    assert (light, light.reason) == ("silent", "not_asked")
    assert "few" not in str(light)
    boxed = replace(evidence.of("one"), verdict={"weights": Verdict("silent", "outputs_only", 0)})
    assert spoken(ReportEvidence({"one": boxed})).lines("one")[0].word == "not applicable"


def test_empty_maps_silence_where_they_look():
    """As they silence the others."""
    one = figure(asked=["faithful"], region_share={"corner": share(0.5, 0.6)})
    one = replace(one, verdict={**one.verdict, "looks": Verdict("silent", "empty", 100)})
    evidence = judged(ReportEvidence({"one": one}))
    assert said(evidence, "looks")[0] == "silent"
    assert not spoken(evidence).marks("one") and not spoken(evidence).looks_at("one")


def box(top: int, left: int) -> tuple[float, float, float, float]:
    return left / SIDE, top / SIDE, (left + 12) / SIDE, (top + 12) / SIDE


def test_what_the_model_needs_and_looks_at_is_what_was_planted():
    """The effect finds the corner of every class and not a mark that says nothing; no map is said to look elsewhere."""
    places = {**{f"corner{k}": place for k, place in enumerate(CORNERS)}, "mark": (18, 18)}
    images, target = corner_images(120)
    images[:, 18:30, 18:30] = 1
    classifier = corner_classifier()
    regions = tuple(Region(name, Text.of(name), (box(*place),)) for name, place in places.items())
    explainers = [registered("saliency"), registered("gradcam", layer="identity"), toy(edges, "edges")]
    faces, setting = faces_of(images, target, classifier), Setting(CLASSES, regions)
    evidence = measure(explainers, classifier, faces, setting, partial(shuffled, of=classifier))
    for class_id, region in zip(CLASSES, places, strict=False):
        assert [name for name, by_class in evidence.region_effect.items() if by_class[class_id].holds] == [region]
        for figure in evidence.figures.values():
            assert {name for name, one in figure.region_share.items() if one.looked_at[class_id]} <= {region}
        assert evidence.of("saliency").region_share[region].looked_at[class_id]
