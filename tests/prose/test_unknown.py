"""Sentences that would print what is not known are left out, in every script and form of a text."""

import pytest

from generator.prose.unknown import without_unknown
from generator.text import UNSAID


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Right on ? of the images. The maps differ.", "The maps differ."),
        ("The maps differ. Right on ? of the images.", "The maps differ."),
        ("One. Two ? and 3.5 more; still two. Three.", "One. Three."),
        ("模型答對 ?。「生氣」最高。", "「生氣」最高。"),
        ("他說：「對。」其餘是 ?！好。", "他說：「對。」好。"),
        ("A first line\nruns on to ? here.\nThen this.", "Then this."),
        ("- known\n- it is ?\n- known too", "- known\n- known too"),
        ("- it is ?. Good.\n> ? is it.", "- Good."),
        ("Words.\n\n[[figure:a]]\n\nOnly ? here.", "Words.\n\n[[figure:a]]\n"),
        (
            "| class | recall |\n| --- | --- |\n| cat | ? |\n\nIt is ?.",
            "| class | recall |\n| --- | --- |\n| cat | – |\n",
        ),
        ("```\nx = ?\n```\nSo ?.", "```\nx = –\n```"),
        ("Some, e.g. ? here. More.", "More."),
        ("**In all:** ?. *More.* End.", "*More.* End."),
        ("Said.[^a] It is ?.[^b][^c] More.", "Said.[^a] More."),
        ("說了。[^a]是 ?。[^b]好。", "說了。[^a]好。"),
        ("From $5 to $6. It is ?. More.", "From $5 to $6. More."),
        ("only ?", ""),
    ],
)
def test_a_sentence_without_its_value_is_not_said(said, left):
    """Whatever stands beside it stays as it is."""
    assert without_unknown(said.replace("?", UNSAID))[0].strip(" ") == left


def test_what_is_left_out_is_told_with_its_line():
    """So that the author can say when it is to stand there."""
    text = f"Fine.\n\nRight on {UNSAID} of it. Fine."
    assert without_unknown(text) == ("Fine.\n\nFine.", ((3, "Right on – of it."),))
    assert without_unknown("Nothing – at all.") == ("Nothing – at all.", ())
