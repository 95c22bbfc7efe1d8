"""Texts in several languages."""

import pytest

from generator.text import Passage, Prose, Text, bilingual, isolated, literal, spelled, woven


def test_a_language_is_stood_in_for_in_order():
    """The language itself, then the fallbacks in their order, then any."""
    text = Text({"de": "Hallo", "en": "Hello"})
    assert text.in_language("en") == "Hello"
    assert text.in_language("fr", "en", "de") == "Hello"
    assert text.in_language("fr") == "Hallo"
    assert Text().in_language("en", "de") == ""


def test_what_is_missing_is_known():
    """A text for all languages lacks none, nor does one that says nothing."""
    assert bilingual("Hello", "你好").missing(("en", "fr", "zh-Hant", "de")) == ("fr", "de")
    assert Text.of("Hello").missing(("en", "fr")) == ()
    assert Text().missing(("en",)) == ()


@pytest.mark.parametrize(
    ("value", "expected"),
    [("x", {"*": "x"}), ("", {"*": ""}), (Text({"en": "x"}), {"en": "x"}), (Text(), {})],
)
def test_a_text_is_made_of_a_string_or_a_text(value, expected):
    """One string for all languages, or the text itself."""
    text = Text.of(value)
    assert text.by_language == expected
    assert bool(text) == bool(expected)


def test_texts_are_woven_language_by_language():
    """What is the same in all languages takes part in each."""
    hello, name = bilingual("Hello", "你好"), Text.of("Ann")
    assert woven("{1}, {0}!".format, name, hello) == bilingual("Hello, Ann!", "你好, Ann!")
    assert hello + " " + name == bilingual("Hello Ann", "你好 Ann")
    assert name + "!" == Text.of("Ann!")
    assert (hello["en"], hello["zh-Hant"], name["zh-Hant"]) == ("Hello", "你好", "Ann")


def test_texts_that_say_the_same_are_one():
    """Whichever language came first."""
    assert len({bilingual("a", "甲"), Text({"zh-Hant": "甲", "en": "a"}), Text.of("a")}) == 2


def test_prose_says_nothing_to_readers_it_has_no_passage_for():
    """Nothing is stood in for twice: the passage itself knows its language."""
    prose = Prose({"en": Passage("words", "en")})
    assert (prose["en"], prose["zh-Hant"], bool(prose), bool(Prose({}))) == (Passage("words", "en"), None, True, False)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Happy", "en", "Happy"),
        ("高興", "zh-Hant", "高興"),
        ("مرحبا", "en", "\u2068مرحبا\u2069"),
        ("שלום", "zh-Hant", "\u2068שלום\u2069"),
        ("مرحبا", "ar", "مرحبا"),
        ("Happy", "ar-EG", "\u2068Happy\u2069"),
        ("12 %", "he", "12 %"),
        ("a\u202eb", "en", "\u2068a\u202eb\u202c\u2069"),
        ("a\u2067b", "en", "\u2068a\u2067b\u2069\u2069"),
        ("a\u2069b\u202cc", "en", "\u2068abc\u2069"),
        ("a\u2067\u202eb\u2069c", "en", "a\u2067\u202eb\u2069c"),
        ("map of \u2068مرحبا\u2069 (3)", "en", "map of \u2068مرحبا\u2069 (3)"),
    ],
)
def test_a_value_turns_no_other_word(text, language, expected):
    """What is written in the other direction, or turns it, is set apart once, and ends what it begins and no more."""
    assert isolated(text, language) == expected
    assert isolated(expected, language) == expected


def test_signs_of_a_value_are_put_aside():
    """And come back as they were, or as somebody writes them; letters, and signs within words, stay where they are."""
    name = "*a* _b_ c_d <e> | $f$ `g` [h](i) & 1.5 - # ~~j~~ \\"
    aside = literal(name)
    assert spelled(aside) == name
    assert spelled(aside, lambda sign: "") == "a b c_d e  f g h(i)  1.5 -  j "
    assert literal("two\n lines, 8,\u00a012") == "two lines, 8,\u00a012"
    assert [literal(word) != word for word in ("- x", "1. x", "1234) x", "---", "-x", "1.5", "+", "a+")] == [
        *(True, True, True, True),
        *(False, False, True, False),
    ]


def test_a_number_that_is_the_same_in_all_is_written_as_each_does():
    """Texts that differ are their writers' own."""
    assert (Text.of("3,589.5")["de"], Text.of("3,589.5")["ja"]) == ("3.589,5", "3,589.5")
    assert Text({"de": "3,589", "en": "3,589"})["de"] == "3,589"
