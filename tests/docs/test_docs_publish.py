"""What the page on publishing tells people to write about words and layouts is so."""

import re

import pytest

from generator.build_options import BuildOptions
from generator.shipped import TEMPLATES
from generator.spec.report import load
from generator.words import load as words_of
from tests import ROOT
from tests.fixtures.spec_fixture import figure, written

PAGE = (ROOT / "docs" / "publish.md").read_text(encoding="utf-8")
GERMAN = re.findall(r"```yaml\n(language:.*?)```", PAGE, re.DOTALL)[0]


@pytest.fixture
def folder(tmp_path):
    """Words of the page beside a report."""
    (tmp_path / "templates" / "words").mkdir(parents=True)
    (tmp_path / "templates" / "words" / "de.yaml").write_text(GERMAN, encoding="utf-8")
    return tmp_path


def test_the_words_of_a_further_language_are_words_that_there_are(folder):
    """Each stands in the project's own file too, or names a method; the method of the example is named in full."""
    german, english = words_of("de", (folder / "templates", TEMPLATES)), words_of("en")
    own = set(german.entries) - set(english.entries)
    assert own == {"method.lime.title", "method.lime.summary"}
    assert german.listed("abc") == "a, b und c"
    report = load(written(folder, figure("method: lime").replace("[zh-Hant, en]", "[en, de]")), BuildOptions())
    said = [warning.message for warning in report.warnings if warning.path == "languages"]
    assert len(said) == 1 and f"lacks {len(german.missing)} words" in said[0]


def test_the_layouts_that_may_be_copied_are_there():
    """By the names of their files."""
    said = re.findall(r"`([a-z]+\.(?:html|md|typ))`", PAGE.split("A layout of your own")[1].split(")")[0])
    assert said and all((TEMPLATES / name).is_file() for name in said)
