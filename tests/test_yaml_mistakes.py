"""What a person meant by lines that are no YAML."""

import pytest

from generator.errors import SpecError
from generator.yaml_source import read


def said(tmp_path, line):
    file = tmp_path / "report.yaml"
    file.write_text(f"version: 1\n{line}\nclasses: [a, b]\n", encoding="utf-8")
    try:
        return [str(one).partition("report.yaml:")[2] for one in read(file).doubts]
    except SpecError as error:
        return [str(one).partition("report.yaml:")[2] for one in error.problems]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("title: {en: Maps # what}", "2:18: behind ' #' stands a comment, so the '{' is not closed; put the text in"),
        ("title: {en: Maps #what}", "2:18: behind ' #' stands a comment, so the '{' is not closed; put the text in"),
        ("title: {en: Maps: two}", "2:17: a text with a colon and a space in it stands in quotes"),
        ("title: {en: Maps {two}}", "2:18: a text with brackets in it, within brackets, stands in quotes"),
        ("title: {% if x %}Maps{% endif %}", "2:8: a text that begins with '{%' stands in quotes, or on the lines"),
        ("title: {en: {% if x %}Maps}", "2:13: a text that begins with '{%' stands in quotes, or on the lines"),
        ("title: {en: Maps", "2:8: the '{' is not closed"),
        ('title: {en: "Maps" of two}', "2:20: a text that begins with such a sign stands in quotes, or on the"),
        ("title: & two", "2:8: a text that begins with such a sign stands in quotes, or on the"),
        ("title: | two", "2:8: a text that begins with such a sign stands in quotes, or on the"),
        ("title: 'Maps' of two", "2:8: a text that begins with such a sign stands in quotes, or on the"),
        ("title:\n  en：Maps", "3:3: title: '：' is a full-width colon; a key ends with ':' and a space"),
        ("title: 'What isn't", "2:17: within single quotes a ' is written twice, as ''"),
        ("title: Maps of #two", "2:8: title: 'Maps of' is all of this text: behind ' #' stands a comment; put it in"),
        ("title: Maps of # two", "2:8: title: 'Maps of' is all of this text: behind ' #' stands a comment; put it in"),
    ],
)
def test_the_place_and_the_cure(tmp_path, line, message):
    (one,) = said(tmp_path, line)
    assert one.startswith(message)


@pytest.mark.parametrize("line", ["title: Maps of two  # a comment", "title: Maps # a comment", "title: 'Maps of #2'"])
def test_comments_stay_comments(tmp_path, line):
    assert said(tmp_path, line) == []
