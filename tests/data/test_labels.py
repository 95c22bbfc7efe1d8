"""What labels mean, decided over all of them: each reading alone, and the question where two of them fit."""

from time import process_time

import pytest

from generator.data.labels import allowed, meaning_of, meaning_with_gaps, unknown

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
        (["A", "a", "b", "B"], (("A",), ("a",), ("b",)), [0, 1, 2, 2]),
        (["01", "1", "5", "1.0", "05"], (("01",), ("1",), ("5",)), [0, 1, 2, 1, 2]),
        (["a", "A"], (("x", "A"), ("a", "b")), [1, 0]),
        (["0.000000000000000000e+00", "1.0e+00", "2,0"], COLOURS, [0, 1, 2]),
        (["1e+01", "2.0e1"], (("10",), ("20",)), [0, 1]),
        (["fu\u0308nf", "SECHS"], (("f", "f\u00fcnf"), ("sechs",)), [0, 1]),
        (["\u1112\u1161\u11ab"], (("x",), ("y", "\ud55c")), [1]),
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


@pytest.mark.parametrize(
    ("word", "classes", "cure"),
    [
        ("á", (("A", "Á"), ("a", "Á")), "it may be A or a; give each class a name of its own"),
        ("001", (("01",), ("1",)), "it may be 01 or 1"),
        ("red", (("a", "red"), ("b", "red")), "it may be a or b"),
        ("dark red", (("red",), ("dark_red",)), "`{id: dark_red, name: dark red}`"),
        ("cow", (("red",), ("dark_red",)), "allowed: 0 to 1, or red, dark_red"),
    ],
)
def test_a_word_for_two_classes_is_refused_with_the_cure(word, classes, cure):
    """As one is that is written in another way than its class."""
    assert meaning_of([word], classes).number[word] is None
    assert cure in str(unknown("here", "label", classes, word))


def test_an_id_that_is_the_name_of_another_class_is_asked_for():
    """The id is taken; saying that labels are names answers."""
    crossed = (("a", "b"), ("b", "a"))
    meaning = meaning_of(["a", "b"], crossed)
    assert (meaning.number, len(meaning.questions)) == ({"a": 0, "b": 1}, 1)
    assert "label a is read as the id 'a', but is the name of 'b' too" in meaning.questions[0]
    assert meaning_of(["a", "b"], crossed, "names").questions == ()


def test_many_words_and_many_classes_are_no_matter():
    """A column of fifty thousand names of files beside a thousand classes takes no minute."""
    start = process_time()
    meaning_of((f"picture {n}" for n in range(50_000)), tuple((f"class {n}",) for n in range(1000)))
    assert process_time() - start < 5


@pytest.mark.parametrize("word", ["4", "-1", "", "glad", "1.5", "1,000", "1.5e0", "²"])
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


@pytest.mark.parametrize("gap", ["", " ", "nan", "NaN", "-1", "-1.0", "-1.000000000000000000e+00"])
def test_labels_that_are_missing_are_none_and_counted(gap):
    """Beside labels they are told; where there is no label at all nothing is to be said, nor where the spec answers."""
    meaning = meaning_with_gaps({"red": 3, gap: 2}, COLOURS)
    assert meaning.number == {"red": 0, gap: -1}
    assert "2 of 5 pictures are read as unlabelled" in meaning.questions[0]
    assert "say `labels: names` in `data`" in meaning.questions[0]
    assert "say `labels: from 0`" in meaning_with_gaps({"2": 3, gap: 2}, COLOURS).questions[0]
    assert meaning_with_gaps({"red": 3, gap: 2}, COLOURS, "names") == meaning_with_gaps(
        {"red": 1, gap: 1}, COLOURS, "names"
    )
    assert meaning_with_gaps({gap: 2}, COLOURS).questions == ()
    assert meaning_with_gaps({"nan": 2, "1": 1}, (("x",), ("nan",))).number == {"nan": 1, "1": 1}


def test_two_classes_that_are_minus_one_and_one_are_both_labels():
    """With a question; three classes, or another label beside them, leave -1 as no label."""
    meaning = meaning_with_gaps({"-1": 3, "1": 2, "": 1}, COLOURS[:2])
    assert meaning.number == {"-1": 0, "1": 1, "": -1}
    assert "labels -1 and 1 are read as 'red' and 'green'" in meaning.questions[0]
    assert meaning_with_gaps({"-1.0": 1, "1.0": 1}, COLOURS[:2], "names").number == {"-1.0": 0, "1.0": 1}
    assert meaning_with_gaps({"-1": 1, "+1": 1}, COLOURS[:2], "from 0").number == {"-1": -1, "+1": 1}
    assert meaning_with_gaps({"-1": 1, "0": 1, "1": 1}, COLOURS[:2]).number == {"-1": -1, "0": 0, "1": 1}
    assert meaning_with_gaps({"-1": 1, "1": 1}, COLOURS).number == {"-1": -1, "1": 1}
    assert meaning_with_gaps({"-1": 1, "1": 1}, (("a", "-1"), ("b", "1"))).questions == ()
