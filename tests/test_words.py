"""The words of the interface: complete in every language, Traditional only, overridden key by key."""

import re
import subprocess
from pathlib import Path

import numpy as np
import pytest

from generator.artefacts import Artefact, Heatmaps
from generator.errors import InputError, SpecError
from generator.methods import METHODS, load_all
from generator.prose.quantities import Listed
from generator.samples import Evaluation
from generator.shipped import TEMPLATES
from generator.text import Text
from generator.words import Words, interface, load
from tests import ROOT
from tests.conftest import request_of
from tests.fixtures.simplified import SIMPLIFIED

READ = {".py", ".yaml", ".yml", ".md", ".html", ".css", ".js", ".json", ".typ", ".toml", ".csv"}
CHEAP = {
    "lime": {"num_samples": 20},
    "smoothgrad": {"samples": 2},
    "integrated_gradients": {"steps": 2},
    "occlusion": {"patch": 16, "stride": 16},
    "scorecam": {"max_channels": 2},
    "embedding": {"by": "pca"},
}
load_all()
DRAWN_FROM_IMAGES = {"attribution", "outputs", "evaluation", "predictions"}
WITHOUT_CLIMBING = sorted(name for name, known in METHODS.items() if known.kind in DRAWN_FROM_IMAGES)


SHIPPED = sorted(file.stem for file in (TEMPLATES / "words").glob("*.yaml"))
OTHERS = [language for language in SHIPPED if language != "en"]
OF_METHODS = {f"method.{name}.{part}" for name in METHODS for part in ("title", "summary")}
JAPANESE = {
    "ja.yaml",
    "examples/three-languages/report.yaml",
}  # some characters are as in Simplified


@pytest.fixture(params=SHIPPED)
def words(request) -> Words:
    return load(request.param)


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_every_key(language):
    """What one says, the others say too; only the singular is English alone, and ours have their methods in code."""
    english, other = set(load("en").entries), set(load(language).entries)
    own = set() if language == "zh-Hant" else OF_METHODS
    assert {key for key in other ^ (english | own) if not key.endswith(".one")} == set()
    assert load(language).missing == ()


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_fills_the_same_places(language):
    """A `{place}` that one forgets would lose a number."""
    english, other = load("en").entries, load(language).entries
    for key in english.keys() & other.keys():
        places = [{word.split("}")[0] for word in text.split("{")[1:]} for text in (english[key], other[key])]
        assert places[0] == places[1], key


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_of_characters_has_its_own_marks(language):
    """No comma, question mark or bracket of Latin stands beside a character, and no sentence lacks its stop."""
    for key, text in load(language).entries.items():
        assert not re.search(r"[\u3040-\u9fff][,;:!?()]|[,;:!?()][\u3040-\u9fff]", text.replace(" ? ", "")), key
        if len(text) > 20 and load("en").entries.get(key, "").endswith("."):
            assert text[-1] in "。}）", key


def test_nothing_of_ours_is_simplified_chinese():
    """Every text file of the project is in Traditional characters."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split(
        "\n"
    )
    files = [ROOT / name for name in listed if Path(name).suffix in READ] or sorted(TEMPLATES.rglob("*.*"))
    files = [file for file in files if file.is_file() and file.name != "simplified.py"]
    files = [file for file in files if not any(str(file).endswith(name) for name in JAPANESE)]
    assert files
    found = {file.name: {c for c in file.read_text(errors="ignore") if c in SIMPLIFIED} for file in files}
    assert {name: characters for name, characters in found.items() if characters} == {}


def test_the_search_finds_what_it_searches():
    """The list holds the forms that a converter leaves behind most often, and none of ours."""
    assert set("\u56fe\u7c7b\u6570\u636e\u8bf4\u8fd9\u6ca1\u8138") <= SIMPLIFIED
    assert not set("圖類別數據說明這沒臉") & SIMPLIFIED


@pytest.mark.parametrize("name", WITHOUT_CLIMBING)
def test_every_fact_of_a_method_has_words(name, linear, words):
    """No reader meets the key of a fact, a quantity or a remark in place of its name."""
    evaluation = Evaluation(np.array([0, 1, 1]), np.array([0, 1, 0]), None, "x.csv", "")
    request = request_of(linear, np.random.default_rng(0).random((6, 48, 48, 1)), evaluation=evaluation)
    check(METHODS[name].compute(request, **CHEAP.get(name, {})), words)


def check(artefact: Artefact, words: Words) -> None:
    for key in artefact.facts:
        assert words.has(f"fact.{key}") or words.has(f"remark_fact.{key}"), key
    if isinstance(artefact, Heatmaps):
        assert words.has(f"quantity.{artefact.quantity}")
        for remark in filter(None, artefact.remarks):
            assert words.has(f"remark.{remark}"), remark


def test_no_word_takes_the_pictures_for_faces(words):
    """Neither the interface nor a method's own text: what the pictures show, the report says."""
    told = [*words.entries.values()]
    told += [text[words.language] for known in METHODS.values() for text in (known.title, known.summary)]
    assert [text for text in told if re.search(r"\bfac(e|es|ial)\b|臉|顔", text)] == []


def test_what_the_pictures_show_stands_in_the_words():
    """In the language of the reader, else in the first of the report; plain pictures where it is not said."""
    told = interface(("en", "zh-Hant"), things=Text({"en": "digits {0}"}))("figure.no_label")
    assert ("digits {0}" in told["en"]) and ("digits {0}" in told["zh-Hant"])
    plain = interface(("en", "zh-Hant"))("figure.no_label")
    assert ("pictures" in plain["en"]) and ("圖片" in plain["zh-Hant"])


def test_an_unknown_key_is_refused(words):
    """A template's typing mistake is found, with the nearest key."""
    with pytest.raises(InputError, match=r"no word 'page.contnts'.*did you mean 'page.contents'"):
        words("page.contnts")


def test_one_and_many():
    """A language may have a singular; Chinese needs none."""
    assert load("en").count("question.points", 1) == "1 point"
    assert load("en").count("question.points", 2) == "2 points"
    assert load("zh-Hant").count("question.points", 1) == "1 分"


@pytest.mark.parametrize(("tag", "file"), [("zh-TW", "zh-Hant"), ("zh-HK", "zh-Hant"), ("en-GB", "en")])
def test_a_region_takes_the_words_of_its_language(tag, file):
    """`zh-TW` reads `zh-Hant.yaml`, `en-GB` reads `en.yaml`."""
    assert load(tag).entries == load(file).entries


def test_a_region_overrides_words_of_its_language(tmp_path):
    """What its own file lacks, the language's says; a name of Taiwan's is that of the script."""
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "en-GB.yaml").write_text("legend: {title: 'Colour of {quantity}'}\n")
    (tmp_path / "words" / "zh_TW.yaml").write_text("page: {contents: 一覽}\n")
    (tmp_path / "words" / "zh-TW.yaml").write_text("page: {contents: 大綱}\n")
    words = load("en-GB", (tmp_path, TEMPLATES))
    assert (words("legend.title", quantity="x"), words("page.contents"), words.missing) == (
        "Colour of x",
        "Contents",
        (),
    )
    assert load("zh-Hant", (tmp_path, TEMPLATES))("page.contents") == "大綱"


def test_a_folder_beside_the_spec_overrides_single_keys(tmp_path):
    """One line of a user's file changes one word and leaves the others."""
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "en.yaml").write_text("question: {answer: 'My answer:'}\n")
    words = load("en", (tmp_path, TEMPLATES))
    assert words("question.answer") == "My answer:"
    assert words("page.contents") == "Contents"


def test_a_third_language_is_one_file(tmp_path):
    """What its file lacks is said in English, and the keys are named."""
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "de.yaml").write_text("language: {name: Deutsch}\npage: {contents: Inhalt}\n")
    (tmp_path / "words" / "fr.yaml").write_text("language: {name: }\n")
    assert load("fr", (tmp_path, TEMPLATES))("language.name") == "fr"
    words = load("de", (tmp_path, TEMPLATES))
    assert words("page.contents") == "Inhalt"
    assert words("page.methods") == "Methods"
    assert "page.methods" in words.missing
    assert "page.contents" not in words.missing


@pytest.mark.parametrize(
    ("code", "lists"),
    [
        ("en", ["", "a", "a and b", "a, b and c"]),
        ("zh-Hant", ["", "a", "a和b", "a、b和c"]),
        ("ja", ["", "a", "aとb", "a、bとc"]),
    ],
)
def test_lists_are_joined_as_the_language_does(code, lists):
    """Of nothing, one, two and three."""
    assert [load(code).listed("abc"[:count]) for count in range(4)] == lists


def test_numbers_stand_apart_from_characters():
    """As the rest of the interface sets them."""
    assert load("zh-Hant").listed(("6", "22", "16")) == "6、22 和 16"
    assert load("zh-Hant").listed(("眼睛", "3")) == "眼睛和3"
    assert load("en").listed(("6", "22", "16")) == "6, 22 and 16"
    assert load("ja").listed(("6", "22", "16")) == "6、22と16"


def test_latin_values_stand_apart_from_characters():
    """As the words themselves are written: a space in Chinese, none in Japanese; what a value holds stays as it is."""
    chinese, japanese = load("zh-Hant"), load("ja")
    placed = {"of": "第 3 張影像", "target": "類別A", "seen": "x"}
    assert chinese("alt.map", method="Grad-CAM 熱圖", **placed) == "第 3 張影像針對「類別A」的 Grad-CAM 熱圖：x"
    assert chinese("page.description", figures=3, methods="LIME") == "影像分類模型如何判斷：以 LIME 製作的 3 張圖。"
    assert japanese("alt.map", method="LIME", **{**placed, "of": "画像3の"}) == "画像3の「類別A」に対するLIME：x"


def test_a_third_language_lists_with_its_own_words(tmp_path):
    """Also in prose; one without such words lists as English does."""
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "de.yaml").write_text("punctuation: {and: ' und '}\n")
    (tmp_path / "words" / "ko.yaml").write_text("page: {contents: 차례}\n")
    german, korean = (load(language, (tmp_path, TEMPLATES)) for language in ("de", "ko"))
    assert german.listed("abc") == str(Listed.of((*"abc",), german)) == "a, b und c"
    assert korean.listed("abc") == "a, b and c"
    assert "punctuation.and" in korean.missing


def test_a_third_language_is_written_in_the_charts_too(tmp_path):
    """Words of charts come from the same file, and English stands in for what it lacks."""
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "de.yaml").write_text("chart: {epoch: Epoche, my_metric: Mein Maß}\n")
    words = interface(("en", "de"), (tmp_path, TEMPLATES)).under("chart")
    assert words["epoch"] == Text({"en": "Epoch", "de": "Epoche"})
    assert words["loss"].in_language("de") == "Loss"
    assert words["my_metric"] == Text({"de": "Mein Maß"})
    assert "chart.loss" in load("de", (tmp_path, TEMPLATES)).missing


def test_a_language_without_a_file_is_refused():
    """The message names the file to add."""
    with pytest.raises(InputError, match=r"no words for the language 'ko': add templates/words/ko.yaml"):
        load("ko")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{n.__class__}", "'{n.__class__}' is no place; it has {n}"),
        ("{n[0]}", "'{n[0]}' is no place; it has {n}"),
        ("{n:>2000000000}", "'{n}' is no place; it has {n}"),
        ("{n!r}", "'{n}' is no place; it has {n}"),
        ("{0}", "'{0}' is no place; it has {n}"),
        ("{m}", "unknown place '{m}'; it has {n}"),
        ("{n", "expected '}' before end of string; a brace that is none of a place is written twice"),
    ],
)
def test_words_beside_a_report_have_our_places_alone(tmp_path, text, message):
    """They are data: nothing of a value is reached, nothing grows, and what is wrong is told at its line."""
    (tmp_path / "words").mkdir()
    file = tmp_path / "words" / "en.yaml"
    file.write_text(f"figure:\n  label: 'Picture {text}'\n")
    with pytest.raises(SpecError) as caught:
        load("en", (tmp_path, TEMPLATES))
    assert str(caught.value) == f"{file}:2:10: figure.label: {message}"
    file.write_text("figure: {label: 'Picture {n}', legend: '{things}'}")
    assert load("en", (tmp_path, TEMPLATES))("figure.label", n=3) == "Picture 3"


def test_words_beside_a_report_lie_in_its_folder(tmp_path):
    """A link to another file of the machine is not followed."""
    (tmp_path / "a" / "templates" / "words").mkdir(parents=True)
    (tmp_path / "other.yaml").write_text("figure: {label: x}")
    (tmp_path / "a" / "templates" / "words" / "en.yaml").symlink_to(tmp_path / "other.yaml")
    with pytest.raises(InputError, match=r"en\.yaml: a link that leads out of the report's folder"):
        load("en", (tmp_path / "a" / "templates", TEMPLATES))


class TestInterface:
    """Several languages at once."""

    both = interface(("en", "zh-Hant"))

    def test_words_are_filled_with_what_each_language_says(self):
        """A value that is a text gives each its own; any other is the same in both."""
        eyes = Text({"en": "eyes", "zh-Hant": "眼睛"})
        assert self.both("figure.target", target=eyes) == Text({"en": "for eyes", "zh-Hant": "針對「眼睛」"})
        assert self.both("figure.label", n=3) == Text({"en": "Figure 3", "zh-Hant": "圖 3"})

    def test_what_has_no_words_is_said_otherwise(self):
        """In each language for itself."""
        assert self.both.known("fact.unheard_of", "unheard of")["zh-Hant"] == "unheard of"
        assert self.both.known("fact.layer", "x") == self.both("fact.layer")
        assert (self.both.has("fact.layer"), self.both.has("fact.unheard_of")) == (True, False)

    def test_pieces_are_joined_as_each_language_does(self):
        """With its comma, its 'and', its brackets; none is nothing."""
        pieces = ["a", Text({"en": "b", "zh-Hant": "乙"}), "c"]
        assert self.both.joined(pieces) == Text({"en": "a, b, c", "zh-Hant": "a、乙、c"})
        assert self.both.listed(pieces) == Text({"en": "a, b and c", "zh-Hant": "a、乙和c"})
        assert self.both.bracketed(Text.of("a")) == Text({"en": " (a)", "zh-Hant": "（a）"})
        assert not self.both.joined([])
