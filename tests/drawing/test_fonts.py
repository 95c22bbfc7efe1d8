"""Fonts come from installed packages."""

from generator.drawing import fonts


def test_the_chinese_fonts_are_files_of_packages():
    """Both weights exist beside the other packages, not in a folder of the system."""
    for bold in (False, True):
        path = fonts.chinese(bold)
        assert path.is_file()
        assert "cvttf" in path.parent.name


def test_characters_cover_traditional_chinese_and_latin():
    """The font draws both of the project's languages."""
    known = fonts.characters(fonts.chinese())
    assert all(ord(c) in known for c in "生氣厭惡恐懼高興難過驚訝中立「」，。Angry é ü ß 0–9")
    assert 0x1F600 not in known


def test_drawable_stands_in_for_what_the_font_lacks():
    """An emoji becomes a box, marks without a glyph go, a chart's words are one line."""
    assert fonts.drawable("高興 😀\n\u200fok") == "高興 □ ok"


def test_a_chart_writes_arabic_and_hebrew():
    """In a font that has them, which the Chinese one does not; what no font has whole is in the Chinese one."""
    for words in ("مرحبا", "שלום 12"):
        assert fonts.of_chart(words) != fonts.chinese()
        assert fonts.drawable(words) == words
    for words in ("Angry", "生氣", "مرحبا 生", ""):
        assert fonts.of_chart(words) == fonts.chinese()
