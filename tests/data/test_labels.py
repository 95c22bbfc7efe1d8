"""What labels mean, decided over all of them: each reading alone, and the question where two of them fit."""

import pytest

from generator.data.labels import allowed, meaning_of

COLOURS = (("red", "紅"), ("green", "綠"), ("blue", "藍"))
NUMBERED = (("1",), ("2",), ("3",))
SHUFFLED = (("5",), ("0",), ("4",))


@pytest.mark.parametrize(
    ("words", "classes", "numbers"),
    [
        (["red", " Blue ", "綠"], COLOURS, [0, 2, 1]),
        (["0", "1", "2"], COLOURS, [0, 1, 2]),
        (["0", "01", "2.0"], COLOURS, [0, 1, 2]),
        (["0", "2"], COLOURS, [0, 2]),
        (["2"], COLOURS, [2]),  # without a 1 nothing speaks for counting from 1
        (["red", "1", "藍"], COLOURS, [0, 1, 2]),
        (["1", "2", "3"], NUMBERED, [0, 1, 2]),
        (["01", "02", "03"], NUMBERED, [0, 1, 2]),
        (["0", "1"], (("0",), ("1",)), [0, 1]),
        (["0", "5", "4"], SHUFFLED, [1, 0, 2]),
        (["10", "20"], (("10",), ("20",)), [0, 1]),
        (["0", "1"], (("10",), ("20",)), [0, 1]),
    ],
)
def test_one_reading_is_taken_without_a_word(words, classes, numbers):
    """Names in any language or case, numbers in any spelling, and names that are numbers."""
    meaning = meaning_of(words, classes)
    assert [meaning.number[word] for word in words] == numbers
    assert meaning.questions == ()


@pytest.mark.parametrize(
    ("words", "classes", "numbers", "read", "else_"),
    [
        (["1", "2"], NUMBERED, [0, 1], "'1' (`labels: names`)", "'2' (`labels: from 0`)"),
        (["0"], SHUFFLED, [1], "'0' (`labels: names`)", "'5' (`labels: from 0`)"),
        (["0", "1", "2"], NUMBERED, [0, 1, 2], "'2' (`labels: from 0`)", "'1' (`labels: names`)"),
        (["1", "2"], COLOURS, [1, 2], "'green' (`labels: from 0`)", "'red' (`labels: from 1`)"),
        (["1", "2", "3"], COLOURS, [0, 1, 2], "'red' (`labels: from 1`)", "'green' (`labels: from 0`)"),
        (["1", "none"], (("1",), ("2",), ("none",)), [0, 2], "", ""),
        (["0", "1", "none"], (("1",), ("2",), ("none",)), [0, 0, 2], "'1' (`labels: names`)", "'2' (`labels: from 0`)"),
    ],
)
def test_where_two_readings_fit_a_question_is_asked(words, classes, numbers, read, else_):
    """The likelier one is taken, and the question says what a label would be else, and how to answer."""
    meaning = meaning_of(words, classes)
    assert [meaning.number[word] for word in words] == numbers
    assert all(read in question and else_ in question for question in meaning.questions)
    assert len(meaning.questions) == bool(read)


@pytest.mark.parametrize(("reading", "numbers"), [("names", [0, 1]), ("from 0", [1, 2]), ("from 1", [0, 1])])
def test_the_spec_decides(reading, numbers):
    """What is said of the labels is not doubted."""
    meaning = meaning_of(["1", "2"], NUMBERED, reading)
    assert [meaning.number[word] for word in ("1", "2")] == numbers
    assert meaning.questions == ()


@pytest.mark.parametrize("word", ["4", "-1", "", "glad", "1.5", "²"])
def test_what_is_no_class_is_none(word):
    """A number too high or below zero, nothing, another word, a part of a number."""
    meaning = meaning_of([word, "0"], COLOURS)
    assert meaning.number[word] is None
    assert meaning.number["0"] == 0
    assert meaning.questions == ()


def test_a_name_said_to_be_the_reading_refuses_numbers():
    """Under `labels: names` a number that is no name is unknown."""
    assert meaning_of(["0"], COLOURS, "names").number["0"] is None


def test_a_message_says_what_is_allowed():
    """The numbers, and the ids."""
    assert allowed(COLOURS) == "0 to 2, or red, green, blue"
