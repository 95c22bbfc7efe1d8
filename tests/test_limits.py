"""What foreign files may take at most."""

import pytest
from pydantic import TypeAdapter, ValidationError

from generator.limits import USUAL, Duration, Limits, duration_in_words, seconds_of, size_in_words


@pytest.mark.parametrize(
    ("said", "bytes_"),
    [("4 GB", 4 * 10**9), ("500MB", 5 * 10**8), ("1.5 GiB", 3 << 29), ("16k", 16_000), ("7", 7), (123, 123)],
)
def test_a_size_is_a_number_of_bytes_or_a_text_with_its_unit(said, bytes_):
    """Powers of a thousand, or of 1024 where an i stands."""
    assert Limits(file=said, memory=said) == Limits(file=bytes_, memory=bytes_)


@pytest.mark.parametrize("said", ["much", "", "-4 GB", "4 XB", "0", 0, -1, "9" * 5000, "nan", [4]])
def test_what_is_no_size_is_refused(said):
    """And a limit of nothing."""
    with pytest.raises(ValidationError):
        Limits(file=said)


@pytest.mark.parametrize("key", ["pixels", "files", "seconds"])
def test_every_limit_is_above_zero(key):
    """Of which nothing could be read."""
    with pytest.raises(ValidationError):
        Limits(**{key: 0})


def test_photographs_of_a_telephone_are_within_the_usual_limits():
    """A hundred megapixels; a picture of 13,000 × 13,000 is not."""
    assert 12_032 * 9_024 < USUAL.pixels < 13_000**2


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 bytes"), (999, "999 bytes"), (8 * 10**9, "8 GB"), (1536, "1.54 kB")]
)
def test_sizes_are_said_with_their_unit(count, words):
    """In powers of a thousand."""
    assert size_in_words(count) == words


def test_the_room_is_what_is_allowed_or_nine_tenths_of_the_machines_memory():
    """In bytes."""
    assert Limits(memory="2 GB").room == 2_000_000_000
    assert 10**9 < Limits().room < 10**14


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("90", 90),
        (90, 90),
        (1.5, 1.5),
        ("90s", 90),
        ("5min", 300),
        ("5 m", 300),
        ("1h", 3600),
        ("1min 30s", 90),
        ("1h2m3", 3723),
    ],
)
def test_a_duration_is_a_number_of_seconds_or_a_text_with_its_units(said, seconds):
    """The same on the command line and in the spec."""
    assert seconds_of(said) == TypeAdapter(Duration).validate_python(said) == seconds


@pytest.mark.parametrize(
    "said", ["", "soon", "5 weeks", "-5min", "0", 0, "30s 1min", "1:30", True, "9" * 20, "inf", [4]]
)
def test_what_is_no_duration_is_refused(said):
    """And one of nothing, or longer than any build."""
    with pytest.raises(ValidationError):
        TypeAdapter(Duration).validate_python(said)


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.4, "0 s"), (99, "99 s"), (100, "2 min"), (3570, "1 h 0 min"), (4320, "1 h 12 min")]
)
def test_durations_are_said_with_their_units(seconds, words):
    """To the minute from a hundred seconds on."""
    assert duration_in_words(seconds) == words
