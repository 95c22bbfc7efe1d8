"""Texts that read otherwise, word by word."""

from generator.compare.wording import Piece, marked


def test_a_word_that_changed_is_marked_alone():
    """In a language with gaps between words, and in one without."""
    (english,) = marked("R² is 0.628 on average.", "R² is 0.617 on average.")
    assert [(one.kind, one.text) for one in english if one.kind != "kept"] == [("gone", "0.628"), ("new", "0.617")]
    (chinese,) = marked("模型看眼睛。", "模型看嘴巴。")
    assert [(one.kind, one.text) for one in chinese] == [
        ("kept", "模型看"), ("gone", "眼睛"), ("new", "嘴巴"), ("kept", "。")
    ]  # fmt: skip


def test_paragraphs_that_stay_are_not_shown():
    """Only those that differ, are new, or gone."""
    found = marked("One.\n\nTwo two two.\n\nThree.", "One.\n\nTwo two 2.\n\nThree.\n\nFour.")
    assert found[1:] == ((Piece("new", "Four."),),)
    assert marked("Same.", "Same.") == ()
    assert marked("", "New.") == ((Piece("new", "New."),),)


def test_what_has_little_in_common_is_not_torn_to_pieces():
    """It reads as two texts."""
    assert marked("abc def", "完全不同") == ((Piece("gone", "abc def"), Piece("new", "完全不同")),)


def test_an_endless_text_takes_no_endless_time():
    """Somebody else may have written it."""
    long, other = "a b " * 50_000, "b a " * 50_000
    assert len(marked(long, other)) == 1
    assert len(marked("x\n\n" * 5_000, "y\n\n" * 5_000)) <= 400
