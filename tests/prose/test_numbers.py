"""The numbers of the prose, against counts worked out by hand."""

import math
from dataclasses import fields, replace

import numpy as np
import pytest

from generator.artefacts import Difference, Fraction, Heatmaps, Patterns
from generator.errors import InputError
from generator.evidence.localisation import Partition
from generator.evidence.result import ReportEvidence
from generator.prose.lookup import ReportFacts
from generator.prose.numbers import NAMES, Numbers
from generator.prose.sayings import Spoken
from generator.regions import Region
from generator.results import FigureResult, Part
from generator.samples import Evaluation
from generator.templating import render_prose
from generator.text import Text, bilingual, spelled
from generator.words import load
from tests.conftest import batch_of
from tests.fixtures.closed_form import LinearClassifier

CLASSES = {"cat": bilingual("Cat", "貓"), "dog": bilingual("Dog", "狗"), "owl": bilingual("Owl", "貓頭鷹")}
LABEL = np.array([0, 0, 0, 0, 1, 1, 2])
PREDICTION = np.array([0, 0, 1, 2, 1, 1, 0])


def figures() -> dict[str, FigureResult]:
    weights = np.zeros((4, 4, 1, 3), np.float32)
    weights[..., 1] = 0.1
    batch = batch_of(LinearClassifier(weights), np.ones((2, 4, 4, 1)), target=[0, 1])
    values = np.zeros((2, 4, 4), np.float32)
    values[0, :2], values[0, 2:] = 3, 1
    patterns = Patterns(
        np.zeros((3, 4, 4, 1), np.float32),
        np.array([4, 7, 9]),
        np.array([1.0, 3.0, 0.0], np.float32),
        np.array([0.5, 1.5, 0.0], np.float32),
        np.array([False, False, True]),
        "filter",
        {"layer": "conv1", "steps": 30},
    )
    maps = FigureResult(
        "maps",
        "q",
        "saliency",
        {},
        (
            Part(
                Heatmaps(
                    values,
                    False,
                    "gradient",
                    {"score": "logit", "fall": Difference(0.431), "stability": Fraction(0.9), "drop": 3.14159},
                ),
                batch,
            ),
        ),
    )
    return {"maps": maps, "filters": FigureResult("filters", "q", "filters", {}, (Part(patterns, batch),))}


def numbers(language="en", evaluation=True) -> Numbers:
    regions = {
        "top": Region("top", bilingual("top", "上半"), ((0, 0, 1, 0.5),)),
        "left": Region("left", bilingual("left", "左邊"), ((0, 0, 0.25, 1),)),
    }
    table = Evaluation(LABEL, PREDICTION, None, "e.csv", "") if evaluation else None
    facts = ReportFacts(CLASSES, regions, table, 7, False, 1234567, "m.keras", (4, 4, 1))
    return Numbers(facts, load(language), figures(), {"maps": 1, "filters": 2})


def test_a_fact_reads_in_its_unit():
    """A share in per cent, a difference of two shares in percentage points, whatever the language."""
    own = {one.name: getattr(numbers(), one.name) for one in fields(Numbers)}
    told = Spoken(**own, evidence=ReportEvidence({}), methods={})
    read = [str(told.fact("maps", key)) for key in ("stability", "fall", "drop")]
    assert read == ["90%", "43 percentage points", "3.14"]


def test_units_that_an_image_outdoes_are_named():
    """Their patterns are not what activates them most."""
    found = figures()["filters"].parts[0]
    outdone = replace(found.artefact, on_images=np.array([2.0, 1.5, 0.0], np.float32))
    result = replace(figures()["filters"], parts=(replace(found, artefact=outdone),))
    assert tuple(replace(numbers(), results={"filters": result}).outdone("filters")) == (4,)
    assert not numbers().outdone("filters")


def test_a_class_without_pictures_takes_no_part_in_an_order():
    """It is neither the best nor the worst; where no class has any, nobody is."""
    for label in range(3):
        kept = label != LABEL
        facts = numbers().facts
        n = replace(numbers(), facts=replace(facts, evaluation=Evaluation(LABEL[kept], PREDICTION[kept], None, "", "")))
        without = [name for k, name in enumerate(CLASSES) if k != label]
        assert sorted(n_ids(n.worst_classes(3))) == sorted(n_ids(n.best_classes(3))) == sorted(without)
        assert n_ids(n.worst_classes(1)) == n_ids(n.best_classes(3))[-1:]
        assert str(n.recall(list(CLASSES)[label])) == "–"
    assert str(numbers(evaluation=False).worst_classes(1)) == "–"


def test_the_share_of_a_region_is_of_pictures():
    """Not of rows: one that is explained for two classes counts once."""
    maps = figures()["maps"]
    part = maps.parts[0]
    twice = replace(part, artefact=replace(part.artefact, values=np.ones((2, 4, 4), np.float32)))
    same = replace(twice, batch=replace(part.batch, index=np.array([7, 7])))
    for one, n in ((twice, 2), (same, 1)):
        told = replace(numbers(), results={"maps": replace(maps, parts=(one,))}).attribution_share("maps", "top")
        assert (float(told), told.n) == (0.5, n)


def test_the_share_of_a_region_is_its_part_of_the_magnitude():
    """The top half holds 24 of 32; a flat second map does not count."""
    n = numbers()
    assert n.attribution_share("maps", "top", "cat") == pytest.approx(0.75)
    assert n.attribution_share("maps", "top") == pytest.approx(0.75)
    assert n.area("left") == 0.25
    assert n.leading_region("maps", "cat") == "top"
    assert str(n.silent_rows("maps")) == "Dog"


def test_a_region_has_the_area_that_the_measures_count():
    """In pixels of the model's input: the eyes of the default report are 494 of 48×48, not the 22 % of their box."""
    eyes = Region("eyes", bilingual("eyes", "眼睛"), ((0.10, 0.20, 0.90, 0.48),))
    facts = replace(numbers().facts, regions={"eyes": eyes}, input_shape=(48, 48, 1))
    area = replace(numbers(), facts=facts).area("eyes")
    assert area == Partition.of([eyes], (48, 48), ()).masks.mean() == 494 / 48**2
    assert str(area) == "21%"


def test_rows_are_named_by_class_or_by_index():
    """Without labels a row stands for the class it explains."""
    n = numbers()
    assert n.image_index("maps", "dog") == 1
    assert n.probability("maps", 1) == pytest.approx(math.exp(1.6) / (math.exp(1.6) + 2))
    assert str(n.prediction("maps", "cat")) == "Dog"
    assert (n.surest("maps"), n.least_sure("maps")) == ("dog", "cat")


def test_units_of_several_layers_are_told_with_their_layer():
    """The strongest of each, since two layers have no common unit; a unit of one knows which it is of."""
    found = figures()["filters"].parts[0]
    other = replace(found.artefact, unit=found.artefact.unit + 20, activation=found.artefact.activation[::-1].copy())
    parts = (replace(found, facts={"layer": "conv1"}), Part(other, found.batch, {"layer": "conv2"}))
    n = replace(numbers(), results={"filters": replace(figures()["filters"], parts=parts)})
    strongest = n.strongest("filters", 2)
    assert len(strongest) == 4
    assert str(strongest).startswith("7 and 4 (layer conv1); ")
    assert str(strongest).endswith("(layer conv2)")
    assert n.activation("filters", strongest[2]) == other.activation.max()
    assert str(n.dead_filters("filters")) == "9 (layer conv1); 29 (layer conv2)"


def test_units_of_several_models_go_by_the_names_of_the_report():
    """In the language of the text."""
    found = figures()["filters"].parts[0]
    parts = tuple(replace(found, facts={"model": name}) for name in ("old", "new"))
    n = replace(numbers(), results={"filters": replace(figures()["filters"], parts=parts)})
    n = replace(n, facts=replace(n.facts, models={"old": bilingual("trained", "訓練後"), "new": Text()}))
    assert str(n.strongest("filters", 1)) == "7 (trained); 7 (new)"


def test_units_that_are_classes_go_by_their_names():
    """A filter has a number alone; one beyond the classes of the report too."""
    found = figures()["filters"].parts[0]
    of_classes = replace(found.artefact, of="class", unit=np.arange(len(found.artefact.unit))[::-1].copy())
    n = replace(
        numbers(), results={"filters": replace(figures()["filters"], parts=(replace(found, artefact=of_classes),))}
    )
    by_height = n.strongest("filters", len(of_classes.unit))
    classes = list(n.facts.classes)
    called = [str(n.class_name(classes[k])) if k < len(classes) else str(int(k)) for k in by_height]
    assert [str(k) for k in by_height] == called and "Dog" in called
    assert n.activation("filters", by_height[0]) == of_classes.activation.max()


def test_patterns_tell_the_strongest_and_the_dead():
    """Units are named by their number in the layer."""
    n = numbers()
    assert n.strongest("filters", 2) == (7, 4)
    assert n.dead_filters("filters") == (9,)
    assert n.activation("filters", 7) == 3 and n.activation_on_images("filters", 7) == 1.5


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda n: n.recall("cta"), "unknown class 'cta'; did you mean 'cat'?"),
        (lambda n: n.fig("map"), "unknown figure 'map'; did you mean 'maps'?"),
        (lambda n: n.area("lef"), "unknown region 'lef'; did you mean 'left'?"),
        (lambda n: n.fact("filters", "layr"), "figure 'filters' has no fact 'layr'; did you mean 'layer'?"),
        (lambda n: n.attribution_share("filters", "top"), "figure 'filters' has no maps"),
        (lambda n: n.strongest("maps"), "figure 'maps' has no patterns of filters or classes"),
        (lambda n: n.activation("filters", 5), "unit 5 is not in the figure; it has 4, 7, 9"),
        (lambda n: n.probability("maps", "owl"), "figure 'maps' has no row 'owl'"),
    ],
)
def test_a_name_that_does_not_exist_is_the_authors_mistake(call, message):
    """The message names what is wrong and what is near."""
    with pytest.raises(InputError) as caught:
        call(numbers())
    assert str(caught.value) == message


def test_what_a_failed_figure_cannot_tell_is_unknown():
    """The prose around a figure that failed still renders; lists of it are empty."""
    whole = numbers()
    broken = replace(whole, results={"filters": replace(whole.results["filters"], parts=(), failure="no memory")})
    context = broken.context()
    assert str(context["probability"]("maps", "cat")) == "–"
    assert context["dead_filters"]("filters") == ()
    assert context["fig"]("maps") == "[Figure\u00a01](#fig-maps)"


def test_every_name_has_one_line_of_documentation():
    """The names of the prose are documented where they are defined."""
    assert all((getattr(Numbers, name).__doc__ or "").strip() for name in NAMES)


def test_recall_precision_and_confusions_are_the_counts_of_the_evaluation():
    """4 cats of which 2 are right, 1 a dog, 1 an owl; 3 predicted dogs of which 2 are right."""
    n = numbers()
    assert n.recall("cat") == 0.5 and str(n.recall("cat")) == "50%"
    assert n.precision("dog") == pytest.approx(2 / 3)
    assert (n.support("cat"), n.accuracy()) == (4, pytest.approx(4 / 7))
    assert n.confusion("owl", "cat") == 1.0


def test_classes_come_in_the_order_of_their_recall_and_read_in_the_language():
    """Ids compare, names print."""
    assert n_ids(numbers().best_classes(2)) == ["dog", "cat"]
    assert str(numbers().best_classes(2)) == "Dog and Cat"
    assert str(numbers("zh-Hant").worst_classes(3)) == "貓頭鷹、貓和狗"


def n_ids(names):
    return [name + "" for name in names]


def test_without_an_evaluation_its_numbers_are_unknown():
    """An unknown quantity prints a dash and is known to be unknown."""
    n = numbers(evaluation=False)
    assert str(n.accuracy()) == "–" and not n.accuracy().known
    assert n.best_classes(3) == ()


HOSTILE = {"cat": Text.of("*a*"), "dog": Text.of("مرحبا"), "owl": Text.of("<b> | $x$")}


def test_names_are_no_markdown_in_markdown():
    """Whatever lists, joins or changes them; beside a figure, where nothing is Markdown, they are as they are."""
    plain = replace(numbers(), facts=replace(numbers().facts, classes=HOSTILE, model="_m_.keras"))
    said = replace(plain, markdown=True).context()
    lists = "{{ class_name('cat') }}, {{ best_classes(3) | join(' ') | upper }}"
    shown = render_prose(lists + ", {{ model_name() }} {{ fact('filters', 'layer') }}", said)
    assert not set(shown) & set("*<|$")
    assert spelled(shown) == "*a*, \u2068مرحبا\u2069 *A* <B> | $X$, _m_.keras conv1"
    assert said["fact"]("filters", "layer") == "conv1"
    assert str(plain.class_name("cat")) == "*a*"
    assert str(plain.best_classes(3)) == "\u2068مرحبا\u2069, *a* and <b> | $x$"
