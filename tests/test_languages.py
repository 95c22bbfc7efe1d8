"""Tags of languages: their spelling, what they were meant as, who understands what."""

import pytest

from generator.languages import canonical, meant, nearest, usual, wider


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
