"""The file that a translator fills in: every key, its English, where it stands; what was translated stays."""

import pytest

from generator.cli import main
from generator.errors import SpecError
from generator.methods import METHODS, load_all
from generator.shipped import TEMPLATES
from generator.spec.words_file import write_words
from generator.words import flat, interface, load
from generator.yaml_source import read


@pytest.fixture
def file(tmp_path):
    return tmp_path / "templates" / "words" / "de.yaml"


def test_every_key_stands_in_it_with_its_english(tmp_path, file, monkeypatch, capsys):
    """Methods too; a place that a word is said at is named, and until it is translated English stands in."""
    monkeypatch.chdir(tmp_path)
    assert main(["words", "de"]) == 0
    written = dict(flat(read(file).data))
    assert set(written) == {
        *load("en").entries,
        *(f"method.{name}.{part}" for name in load_all() for part in ("title", "summary")),
    }
    assert set(written.values()) == {None}
    assert (
        capsys.readouterr().out == f"templates/words/de.yaml: {len(written)} keys added, {len(written)} to translate\n"
    )
    text = file.read_text()
    assert "  label:  #. Figure {n}\n" in text and "\n#. the foot of a page\nfoot:\n" in text
    assert '  comma:  #. ", "\n' in text and f"#. {METHODS['lime'].summary['en']}\n" in text
    assert load("de", (file.parents[1], TEMPLATES))("figure.label", n=3) == "Figure 3"


def test_a_second_run_adds_what_is_new(tmp_path, file):
    """Words and comments of the translator's own stay, whatever form they were written in; ours are written anew."""
    file.parent.mkdir(parents=True)
    file.write_text(
        "# von mir\nlanguage: {name: Deutsch}\n"
        "figure:\n  # Bild, nicht Abbildung\n  label: 'Bild {n}'  #. was Picture {n}\n"
        "punctuation: {comma: ', '}\nchart: {my_metric: 'Maß: #1'}  # der Kurve\n"
    )
    assert ", 4 " not in write_words("de", tmp_path)
    text, written = file.read_text(), dict(flat(read(file).data))
    assert {key: word for key, word in written.items() if word is not None} == {
        "language.name": "Deutsch",
        "figure.label": "Bild {n}",
        "punctuation.comma": ", ",
        "chart.my_metric": "Maß: #1",
    }
    assert "  # Bild, nicht Abbildung\n  label: Bild {n}  #. Figure {n}\n" in text.replace("'", "")
    assert "# von mir\n#. what languages are called" in text and "# der Kurve\n" in text and "was Picture" not in text
    again = write_words("de", tmp_path)
    assert again.endswith(f": 0 keys added, {len(written) - 4} to translate") and file.read_text() == text


def test_of_a_language_that_ships_the_project_s_own_words_are_shown(tmp_path):
    """Whoever changes one sees what it says now; what is left empty stays ours."""
    write_words("zh-Hant", tmp_path)
    folder = tmp_path / "templates"
    assert "label:  #. Figure {n} | 圖 {n}" in (folder / "words" / "zh-Hant.yaml").read_text()
    assert load("zh-Hant", (folder, TEMPLATES)) == load("zh-Hant")


def test_what_is_wrong_with_the_file_is_told_first(tmp_path, file):
    """It is left as it is."""
    file.parent.mkdir(parents=True)
    file.write_text("page: Inhalt\n")
    with pytest.raises(SpecError, match=r"de\.yaml:1:7: page: 'page' is a group of words, such as 'page\.skip'"):
        write_words("de", tmp_path)
    assert file.read_text() == "page: Inhalt\n"


@pytest.mark.parametrize(
    ("tag", "message"),
    [
        ("jp", "'jp' is no language of a report; did you mean 'ja'?"),
        ("zh_TW", "; did you mean 'zh-Hant'?"),
        ("../x", "is not a"),
    ],
)
def test_what_is_no_language_is_refused(tag, message, tmp_path, monkeypatch, capsys):
    """With the one that was meant; nothing is written."""
    monkeypatch.chdir(tmp_path)
    assert main(["words", tag]) == 2
    assert message in capsys.readouterr().err and not list(tmp_path.iterdir())


def test_an_interface_of_a_file_without_words_is_english(tmp_path):
    """What nobody has translated is missing, also where its key is there."""
    write_words("de", tmp_path)
    words = interface(["de"], (tmp_path / "templates", TEMPLATES))
    assert words("page.contents")["de"] == "Contents"
    assert "page.contents" in words.by_language["de"].missing
