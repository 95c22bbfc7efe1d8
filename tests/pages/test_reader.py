"""Names, numbers and facts as they are read."""

from dataclasses import replace

import pytest

from generator.artefacts import ClassNumber, Difference, Fraction, Label
from generator.shipped import TEMPLATES
from generator.text import Passage, Prose, Text
from generator.words import interface
from tests.fixtures.report_fixture import (
    METHODS,
    reader,
)


class TestNames:
    """What nobody is to read."""

    def test_no_machine_path_reaches_a_page(self):
        """A file is known by its name."""
        assert reader().fact("origin", "/some/where/x.csv") == Text.of("x.csv")

    @pytest.mark.parametrize(
        ("share", "words"), [(0.99999, "> 99.9%"), (0.0001, "< 0.1%"), (1.0, "100.0%"), (0, "0.0%")]
    )
    def test_what_is_not_certain_never_reads_as_certain(self, share, words):
        """Rounding does not reach 0 or 100 %."""
        assert reader().percent(share) == words


class TestFacts:
    """Facts of one image as they are read."""

    def test_grids_of_several_layers_stand_beside_each_other(self):
        """The sides of one are multiplied, several are listed."""
        assert reader().fact("grid", (8, 6)) == Text.of("8×6")
        assert reader().fact("grid", ((8, 6), (4, 3)))["en"] == "8×6, 4×3"

    def test_a_class_reads_by_its_name_and_a_seed_without_commas(self):
        """Numbers that count nothing are not set like counts."""
        assert reader().fact("new_prediction", ClassNumber(0)) == reader().class_name(0)
        assert reader().fact("seed", Label(2107665609)) == Text.of("2107665609")
        assert reader().fact("fall", Difference(0.431))["zh-Hant"] == "43 個百分點"
        assert reader().fact("fall", 3.1)["zh-Hant"] == "3.1"
        assert reader().fact("of one's own", Fraction(0.431)) == Text.of("43.1%")
        assert reader().fact("superpixels", 1053) == Text.of("1,053")
        assert reader().fact("most_damaging", (24, 12, 32, 20))["en"] == "24, 12, 32, 20"


class TestMethods:
    """What a method is called."""

    @pytest.fixture
    def german(self, tmp_path):
        """Readers of English and of a language whose words beside the spec name one method."""
        (tmp_path / "words").mkdir()
        words = "method:\n  lime:\n    title: Nachbarschaft\n"
        (tmp_path / "words" / "de.yaml").write_text(words, encoding="utf-8")
        return replace(reader(), words=interface(("en", "de"), (tmp_path, TEMPLATES)))

    def test_a_further_language_names_it_in_its_words(self, german):
        """The project's own two languages stand beside the method."""
        assert german.method_title(METHODS["lime"]) == Text({"en": "LIME", "de": "Nachbarschaft"})

    def test_what_the_words_lack_is_said_in_english(self, german, tmp_path):
        """As every other word, also where the report is first in another language."""
        both = replace(german, words=interface(("zh-Hant", "de"), (tmp_path, TEMPLATES)))
        title = {language: METHODS["saliency"].title[language] for language in ("zh-Hant", "en")}
        assert both.method_title(METHODS["saliency"]) == Text({"zh-Hant": title["zh-Hant"], "de": title["en"]})
        assert german.method_title(METHODS["saliency"]) == Text({"en": "Saliency map", "de": "Saliency map"})
        assert german.method_summary(METHODS["lime"])["de"].startswith("What LIME does")


def test_a_text_is_rendered_in_each_language_with_the_one_it_is_really_in():
    """The spec's expressions are filled in by whoever knows them."""
    told = replace(reader(), say=lambda text, language: f"{language}: {text.in_language(language)}")
    assert told.prose(Text({"en": "words"})) == Prose(
        {"zh-Hant": Passage("zh-Hant: words", "en"), "en": Passage("en: words", "en")}
    )
    assert not told.prose(Text())


class TestDirections:
    """Names that are written from right to left."""

    def test_they_move_nothing_beside_them(self):
        """In a name alone, and in whatever words it stands."""
        arabic = replace(reader(), classes=(Text.of("مرحبا"), *reader().classes[1:]))
        name = arabic.class_name(0)["en"]
        assert name == "\u2068مرحبا\u2069"
        assert arabic.words("figure.predicted", prediction=name)["en"] == f"predicted: {name}"
        assert arabic.words("figure.predicted", prediction="مرحبا")["en"] == f"predicted: {name}"


def test_an_answer_that_quotes_a_doubted_evaluation_says_so():
    """In each of its languages, below the answer; one that quotes none says nothing."""
    doubting = replace(
        reader(), doubted=interface(("zh-Hant", "en"))("contradiction.name", file="a*b", other="c", model="d")
    )
    quoting = doubting.answered(Text({"en": "Right: {{ accuracy() }}.", "zh-Hant": "{{ recall('happy') }}"}))
    assert quoting["en"].source.startswith("Right: {{ accuracy() }}.\n\n> The evaluation (a")
    assert quoting["zh-Hant"].source.count("\n\n> ") == 1
    assert doubting.answered(Text.of("Nothing."))["en"].source == "Nothing."
