"""What prose says of the evidence."""

from dataclasses import replace

import pytest

from generator.errors import InputError
from generator.evidence.dependence import Survival
from generator.evidence.estimates import Estimate
from generator.evidence.result import Drawn, FigureEvidence, ReportEvidence
from generator.evidence.statement import judged
from generator.prose.sayings import FUNCTIONS, NAMES
from generator.shipped import TEMPLATES
from generator.words import load
from tests.evidence.planted import (
    evidence,
    spoken,
)

NEGATIVE = "Below zero means: it resembles the map after the exchange less than the map of another picture does."


@pytest.fixture(name="evidence")
def measured() -> ReportEvidence:
    return evidence()


def test_prose_asks_by_name(evidence):
    """Numbers with their interval, multiples, and claims that are true only where they hold."""
    say = spoken(evidence).context()
    share = say["region_share"]("saliency", "corner", "a")
    assert str(share) == "100%"
    assert float(share.times) == pytest.approx(16, rel=1e-4)
    assert share.known
    assert share.n == 30
    assert say["looks_at"]("saliency", "a") == ("corner",)
    assert str(say["looks_at"]("saliency", "a")) == "the corner"
    assert not say["looks_at"]("saliency", "b")
    assert say["region_effect"]("corner", "a")
    assert not say["region_effect"]("corner", "b")
    assert say["region_effect"]("corner", "a").inside > 0.2
    assert say["gap"]("saliency").low > 0
    assert not say["gap"]("noise")
    assert say["beats"]("saliency", "blob")
    assert say["retained"]("saliency", "class")
    assert not say["retained"]("edges", "class")
    assert str(say["retained"]("edges", "weights")) == "100%"
    assert str(say["lime_fit"]("lime").stability) == "90%"
    assert not say["agree"]("saliency", "noise")
    assert say["verdict"]("saliency", "class") == "green"
    assert str(say["verdict"]("saliency", "class")) == "Another class gives another map: less than a third of it stays."
    assert say["verdict"]("lime", "faithful").reason == "too_costly"
    assert not say["verdict"]("lime", "faithful").known
    assert say["confused"]("a") == "b"
    assert str(say["confused"]("a")) == "B"
    assert say["overconfidence"]()
    assert set(say) == set(FUNCTIONS) > set(NAMES)


def test_what_is_silent_prints_a_dash_and_is_false(evidence):
    """A method that was not measured has no share, no gap and nothing retained."""
    say = spoken(evidence).context()
    for value in (
        say["region_share"]("lime", "corner"),
        say["gap"]("lime"),
        say["beats"]("lime", "blob"),
        say["retained"]("lime", "weights"),
        say["agree"]("lime", "saliency"),
    ):
        assert str(value) == "–"
        assert not value
        assert not value.known
    assert str(say["region_share"]("lime", "corner").times) == "–"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda s: s.gap("salency"), "unknown figure 'salency'; did you mean 'saliency'"),
        (lambda s: s.region_share("saliency", "nose"), "unknown region 'nose'"),
        (lambda s: s.looks_at("saliency", "z"), "unknown class 'z'"),
        (lambda s: s.beats("saliency", "blub"), "unknown reference 'blub'; did you mean 'blob'"),
        (lambda s: s.retained("saliency", "wieghts"), "unknown exchange 'wieghts'; did you mean 'weights'"),
        (lambda s: s.verdict("saliency", "faithfull"), "unknown check 'faithfull'; did you mean 'faithful'"),
    ],
)
def test_a_name_that_does_not_exist_is_the_authors_mistake(evidence, call, message):
    """With the nearest known one."""
    with pytest.raises(InputError, match=message):
        call(spoken(evidence))


@pytest.mark.parametrize("code", ["en", "zh-Hant"])
def test_every_figure_has_its_lines_in_both_languages(evidence, code):
    """A name, a sentence and numbers with their interval for each check, no place left unfilled."""
    words = spoken(evidence, code)
    for figure in evidence.figures:
        lines = words.lines(figure)
        assert len(lines) >= (2 if figure == "lime" else 4)
        for line in lines:
            assert line.name
            assert line.sentence
            assert "{" not in line.sentence + line.numbers
        assert "{" not in words.rule(figure)
    told = words.lines("saliency")[0]
    assert ("corner" if code == "en" else "角落") in told.numbers
    assert ("30 images" if code == "en" else "30 張") not in told.numbers
    assert ("120 images" if code == "en" else "120 張") in told.numbers


def test_checks_that_are_silent_for_one_reason_share_a_line(evidence):
    """A method that is too dear says it once, with the names of all checks; what it does know comes after."""
    silent, fit = spoken(evidence).lines("lime")
    assert silent.name.startswith("Where it looks, Faithful to the model, ")
    assert silent.sentence.startswith("Not measured")
    assert fit.light == "green"
    assert spoken(evidence).say("lime") == fit.sentence


def test_less_than_nothing_reads_as_it_is(evidence):
    """A map that turns into its opposite retains less than nothing, and a sentence says what that means."""
    swap = spoken(evidence).retained("saliency", "class")
    assert swap.mean < 0
    line = next(line for line in spoken(evidence).lines("saliency") if line.check == "class")
    assert line.numbers.startswith("−")
    assert line.sentence.endswith(NEGATIVE)


def test_a_third_language_names_the_sentences_that_it_lacks(evidence, tmp_path):
    """They are missing words like any other, of which the spec warns; English stands in for them alone."""
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "fr.yaml").write_text("evidence: {says: {class: {changes: Une autre classe.}}}")
    words = load("fr", (tmp_path, TEMPLATES))
    assert "evidence.says.weights.changes" in words.missing
    assert "evidence.says.class.changes" not in words.missing
    french = replace(spoken(evidence), words=words)
    assert str(french.verdict("saliency", "class")) == "Une autre classe."
    assert str(french.verdict("saliency", "weights")).startswith("An untrained network gives another map: ")


def test_a_number_below_zero_is_explained_only_where_it_stands():
    """Beside its light: what is said of a figure has no number."""
    survival = Survival(Estimate(-0.2, -0.25, -0.15, 28), 0.1, 0.3, 28)
    figure = FigureEvidence(Drawn(28), class_swap=survival, random_weights=survival, verdict={})
    told = spoken(judged(ReportEvidence({"one": figure}))).say("one")
    assert told.count("less than a third of it stays.") == 2
    assert "Below zero means" not in told
