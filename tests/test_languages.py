"""Tags of languages: their spelling, what they were meant as, who understands what."""

import pytest

from generator.languages import canonical, meant, nearest, numeral, usual, wider


@pytest.mark.parametrize(
    ("tag", "spelled"), [("zh-TW", "zh-Hant"), ("zh-tw", "zh-Hant"), ("zh-cn", "zh-Hans"), ("PT-br", "pt-BR")]
)
def test_one_language_has_one_tag(tag, spelled):
    """Chinese goes by its script: what a figure is called in zh-Hant, readers of zh-TW read."""
    assert canonical(tag) == spelled


@pytest.mark.parametrize(("tag", "hint"), [("zh_TW", "zh-Hant"), ("en_us", "en-US")])
def test_an_underscore_is_told_with_the_cure(tag, hint):
    """As programs write a locale."""
    with pytest.raises(ValueError, match=f"'{tag}' is not a language tag .*; did you mean '{hint}'"):
        canonical(tag)


@pytest.mark.parametrize(
    ("tag", "language"), [("zh", "zh-Hant"), ("tw", "zh-Hant"), ("cn", "zh-Hans"), ("jp", "ja"), ("kr", "ko")]
)
def test_a_country_is_no_language(tag, language):
    """Nor is Chinese in no script."""
    assert meant(tag) == f"; did you mean '{language}'?"
    assert meant(language) == ""


def test_who_understands_what():
    """A region reads its language, Hong Kong the Traditional script; never the other way round."""
    assert wider("zh-Hant-HK") == ("zh-Hant-HK", "zh-Hant", "zh")
    assert (nearest("zh-HK", {"en", "zh-Hant"}), nearest("en-GB", {"en"}), nearest("en", {"en-GB"})) == (
        "zh-Hant",
        "en",
        "",
    )
    assert (usual("zh-tw"), usual("no tag")) == ("zh-Hant", "no tag")


@pytest.mark.parametrize(
    ("text", "language", "written"),
    [
        ("3,589", "de", "3.589"),
        ("1,234,567.5", "fr", "1\u202f234\u202f567,5"),
        ("0.936", "pt-BR", "0,936"),
        ("−8.6%", "ru", "−8,6%"),
        ("0.1–0.25", "es", "0,1–0,25"),
        ("3,589", "de-CH", "3’589"),
        ("3,589.5", "ja", "3,589.5"),
        ("3,589", "en-GB", "3,589"),
        ("3.11.7", "de", "3.11.7"),
        ("1, 2", "de", "1, 2"),
        ("python 3.11", "de", "python 3.11"),
        ("97", "de", "97"),
        ("", "de", ""),
    ],
)
def test_numbers_are_written_as_the_language_does(text, language, written):
    """3,589 is three and a half to a German; what is no number stays."""
    assert numeral(text, language) == written
