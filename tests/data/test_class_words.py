"""A class by whatever word a file has for it."""

import pytest

from generator.data.class_words import allowed, class_number

CLASSES = (("angry", "生氣"), ("7", "高興"), ("sad", "難過"))


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("angry", 0),
        (" Angry ", 0),
        ("生氣", 0),
        ("2", 2),
        ("7", 1),
        ("3", None),
        ("-1", None),
        ("", None),
        ("glad", None),
    ],
)
def test_a_class_goes_by_its_id_a_name_or_its_number(word, number):
    """Case and blanks do not matter; an id that is a number comes before the number."""
    assert class_number(word, CLASSES) == number


def test_a_message_says_what_is_allowed():
    """The numbers, and the ids."""
    assert allowed(CLASSES) == "0 to 2, or angry, 7, sad"
